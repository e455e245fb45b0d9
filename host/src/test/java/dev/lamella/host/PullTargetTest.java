package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Where a pull writes: names in the index, links, standard output, and what is in the way. */
@Timeout(120)
final class PullTargetTest {
  private static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final String IMAGE_NAME = "io.containerd.image.name";

  @TempDir private Path directory;
  private Path target;
  private Bench bench;
  private Digest digest;

  @BeforeEach
  void start() throws IOException {
    target = directory.resolve("target");
    bench = new Bench(directory);
    digest = bench.push(TestImage.layout(directory.resolve("source"), 1, 1000)).digest();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void index_ofAPulledImage_hasItsTagAndItsWholeName() throws IOException {
    bench.pull(target);
    JsonNode annotations = manifests().get(0).path("annotations");
    assertThat(annotations.path(REF_NAME).asString()).isEqualTo("1");
    assertThat(annotations.path(IMAGE_NAME).asString()).isEqualTo("team/app:1");
  }

  @Test
  void index_ofTwoImagesOfOneTag_hasTheTagOnce() throws IOException {
    ImageName other = ImageName.parse("team/other:1");
    bench.push(TestImage.layout(directory.resolve("other"), 2, 1000), other);
    bench.pull(target);
    bench.pull(other, target);
    assertThat(manifests().size()).isEqualTo(2);
    assertThat(manifests().get(0).path("annotations").has(REF_NAME)).isFalse();
    assertThat(manifests().get(1).path("annotations").path(REF_NAME).asString()).isEqualTo("1");
    assertThat(bench.push(target, Bench.NAME).digest()).isEqualTo(digest);
  }

  /** Lamella once wrote the whole name as the tag. */
  @Test
  void index_ofAnEarlierPull_isReadAndReplaced() throws IOException {
    bench.pull(target);
    Path index = target.resolve("index.json");
    String text = Files.readString(index);
    String old =
        text.replaceAll(
            "\"annotations\":\\{[^}]*}", "\"annotations\":{\"" + REF_NAME + "\":\"team/app:1\"}");
    assertThat(old).isNotEqualTo(text);
    Files.writeString(index, old);
    assertThat(bench.push(target).digest()).isEqualTo(digest);
    bench.pull(target);
    assertThat(index).hasContent(text);
  }

  @Test
  void pull_toALink_writesWhereItLeads() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(directory.resolve("a.tar"), Path.of("elsewhere/b.tar"));
    bench.pull(link);
    assertThat(link).isSymbolicLink();
    assertThat(elsewhere.resolve("b.tar")).isRegularFile();
    Path round = Files.createSymbolicLink(directory.resolve("c.tar"), Path.of("c.tar"));
    assertFails(round, "leads nowhere");
    Path nowhere = Files.createSymbolicLink(directory.resolve("d"), Path.of("nowhere"));
    assertFails(nowhere, "in the way");
  }

  @Test
  void pull_whereSomethingIsInTheWay_saysWhat() throws IOException {
    Files.createDirectory(directory.resolve("a.tar.partial"));
    assertFails(directory.resolve("a.tar"), "a.tar.partial");
    assertThat(directory.resolve("a.tar.partial.lock")).doesNotExist();
    Files.createDirectory(target);
    Path blobs = Files.writeString(target.resolve("blobs"), "mine");
    assertFails(target, "blobs/sha256: Not a directory");
    assertThat(blobs).hasContent("mine");
  }

  @Test
  void pull_toStandardOutput_isAnArchiveAndNothingElse() throws Exception {
    try (HostProcess pull = HostProcess.start(directory, bench.store, "pull", "team/app:1", "-")) {
      assertThat(pull.exit()).as(pull.said()).isZero();
      assertThat(pull.said()).contains("Pulled team/app:1").contains(" to -: ");
      Path archive = directory.resolve("out.tar");
      Files.move(pull.output(), archive);
      assertThat(bench.push(archive).digest()).isEqualTo(digest);
    }
    assertThat(Path.of("-")).doesNotExist();
  }

  /** As Ctrl-C does it, and who stops a container. */
  @Test
  void pull_toStandardOutputThatIsStopped_leavesNothingBehind() throws Exception {
    CountDownLatch isReading = new CountDownLatch(1);
    CountDownLatch mayRead = new CountDownLatch(1);
    bench.store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/servers/")) {
            isReading.countDown();
            awaits(mayRead);
          }
          return false;
        });
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    try (HostProcess pull =
        HostProcess.start(
            inTemporary(temporary), directory, bench.store, "pull", "team/app:1", "-")) {
      assertThat(isReading.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(temporary).isNotEmptyDirectory();

      assertThat(stop(pull)).isNotZero();
      assertThat(temporary).isEmptyDirectory();
    } finally {
      mayRead.countDown();
    }
  }

  @Test
  void push_ofAnArchiveFromStandardInputThatIsStopped_leavesNothingBehind() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    try (HostProcess push =
        HostProcess.start(
            inTemporary(temporary), directory, bench.store, "push", "-", "team/app:2")) {
      push.process().getOutputStream().write(new byte[100_000]);
      push.process().getOutputStream().flush();
      for (int i = 0; i < 600 && isEmpty(temporary); i++) {
        Thread.sleep(100);
      }
      assertThat(temporary).isNotEmptyDirectory();

      assertThat(stop(push)).isNotZero();
      assertThat(temporary).isEmptyDirectory();
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  /** By SIGTERM, which a shell does not hand on. */
  private static int stop(HostProcess host) throws InterruptedException {
    host.process().descendants().findAny().orElse(host.process().toHandle()).destroy();
    return host.exit();
  }

  private static List<String> inTemporary(Path temporary) {
    return List.of("env", "TMPDIR=" + temporary, "sh", "-c");
  }

  private static void awaits(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(1, TimeUnit.MINUTES)) {
        throw new IOException("nobody went on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Test
  void pull_toATerminal_isRefused() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "Skipped: script is missing: install util-linux to have a terminal tried");
    List<String> terminal = List.of("/usr/bin/script", "-q", "-e", "/dev/null", "-c");
    try (HostProcess pull =
        HostProcess.start(terminal, directory, bench.store, "pull", "team/app:1", "-")) {
      assertThat(pull.exit()).isEqualTo(ExitCode.USAGE.value());
      assertThat(pull.output()).content().startsWith("lamella: standard output is a terminal");
    }
  }

  private JsonNode manifests() throws IOException {
    return Json.tree(Files.readAllBytes(target.resolve("index.json"))).path("manifests");
  }

  private void assertFails(Path where, String message) {
    assertThatThrownBy(() -> bench.pull(where))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
        .hasMessageContaining(message);
  }
}
