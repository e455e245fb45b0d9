package dev.lamella.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The package of Debian, installed, removed and purged in a system made for it. */
@Tag("full")
@Timeout(1200)
final class DebTest {
  private static final Path DEB =
      Path.of(System.getProperty("dist.archive", "missing").replace(".tar.gz", ".deb"));

  @TempDir private Path root;

  private record Ended(int code, String text) {}

  @BeforeEach
  void makeSystem() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "Skipped: to install the package needs root: run the tests as root to have it tried");
    assumeTrue(
        Stream.of("/usr/sbin/debootstrap", "/sbin/debootstrap")
            .map(Path::of)
            .anyMatch(Files::exists),
        "Skipped: debootstrap is missing: apt-get install debootstrap");
    Ended made = run("debootstrap", "--variant=minbase", "bookworm", root.toString());
    assumeTrue(
        made.code() == 0,
        () ->
            "Skipped: debootstrap made no system: "
                + made.text().strip().lines().toList().getLast());
    assertThat(run("mount", "-t", "proc", "proc", root.resolve("proc").toString()).code()).isZero();
    Files.copy(DEB, root.resolve("tmp/lamella.deb"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (Files.exists(root.resolve("proc/self"))) {
      assertThat(run("umount", root.resolve("proc").toString()).code()).isZero();
    }
  }

  @Test
  void deb_isInstalledRemovedAndPurged() throws Exception {
    List<String> before = files();
    assertThat(inside("dpkg", "-i", "/tmp/lamella.deb").code()).isZero();
    assertThat(inside("lamella", "--version").text()).startsWith("lamella ").hasLineCount(1);
    assertThat(inside("lamella", "images").text()).contains("is the store running?");
    assertThat(root.resolve("usr/lib/systemd/system/lamella-agent.service")).exists();
    assertThat(inside("dpkg", "-r", "lamella").code()).isZero();
    assertThat(root.resolve("usr/bin/lamella")).doesNotExist();
    assertThat(root.resolve("etc/default/lamella-agent")).exists();
    assertThat(inside("dpkg", "-P", "lamella").code()).isZero();
    assertThat(files()).isEqualTo(before);
  }

  /** All but what dpkg notes for itself. */
  private List<String> files() throws IOException, InterruptedException {
    return run("find", root.resolve("usr").toString(), root.resolve("etc").toString())
        .text()
        .lines()
        .sorted()
        .toList();
  }

  private Ended inside(String... command) throws IOException, InterruptedException {
    return run(
        Stream.concat(Stream.of("chroot", root.toString()), Stream.of(command))
            .toArray(String[]::new));
  }

  private static Ended run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }
}
