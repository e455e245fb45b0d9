package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.Lamella;
import dev.lamella.host.outcome.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the command is given is wrong: it says so in one line with an exit code of its own, and an
 * image that was stored before stays as it is.
 */
class BadSourceTest extends StackTest {
  private static final String NAME = "bad/source:1";
  private static final long SIZE = 3L * SHARD;

  @TempDir Path directory;
  private String earlier = "";

  @BeforeAll
  void pushEarlier(@TempDir Path temporary) throws IOException {
    ImageFiles files = ImageFiles.image(temporary.resolve("earlier"), 80, SHARD + 1L);
    earlier = new Host(stack().endpoint(), temporary).push(files.directory(), NAME).digest().hex();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 600, SHARD, SIZE})
  void push_archiveCutShort_isRefused(long length) throws IOException {
    Path archive = image(1).archive(directory.resolve("image.tar"));
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(length);
    }
    assertThat(failed(push(archive), ExitCode.BAD_SOURCE)).contains("image.tar");
  }

  @Test
  void push_blobThatDoesNotMatchItsDigest_isRefused() throws IOException {
    ImageFiles files = image(2);
    Digest layer = files.largest();
    try (RandomAccessFile file = new RandomAccessFile(files.file(layer).toFile(), "rw")) {
      file.seek(SIZE - 1);
      int last = file.read();
      file.seek(SIZE - 1);
      file.write(last ^ 1);
    }
    assertThat(failed(push(files.directory()), ExitCode.WRONG_CONTENT))
        .contains(layer.toString(), "does not match");
    assertThat(host().isVisible("bad/source", layer)).isFalse();
  }

  @Test
  void push_archiveWhoseNamesLeaveIt_isRefusedAndWritesNothing() throws IOException {
    Path archive = directory.resolve("inner/image.tar");
    Files.createDirectories(archive.getParent());
    try (OutputStream out = Files.newOutputStream(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      byte[] bytes = "escaped".getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry("../escaped");
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    }
    assertThat(failed(push(archive), ExitCode.BAD_SOURCE)).contains("../escaped");
    assertThat(directory.resolve("escaped")).doesNotExist();
  }

  @Test
  void command_noStoreListens_saysSo() throws IOException {
    String nowhere = "http://127.0.0.1:1";
    Path source = image(3).directory();
    assertThat(
            failed(List.of("push", source.toString(), NAME, "--to", nowhere), ExitCode.UNREACHABLE))
        .contains(nowhere, "refused");
    Path target = directory.resolve("target");
    assertThat(
            failed(
                List.of("pull", NAME, target.toString(), "--from", nowhere), ExitCode.UNREACHABLE))
        .contains(nowhere, "refused");
    assertThat(target).doesNotExist();
  }

  private ImageFiles image(int seed) throws IOException {
    return ImageFiles.image(directory.resolve("source"), 80 + seed, SIZE, 1000);
  }

  private List<String> push(Path source) {
    return List.of("push", source.toString(), NAME, "--to", stack().endpoint().toString());
  }

  /** What the command says in its one line, where it ends with this exit code. */
  private String failed(List<String> command, ExitCode expected) throws IOException {
    String home = System.getProperty("user.home");
    PrintStream errors = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code;
    try (PrintStream captured = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setProperty("user.home", directory.toString());
      System.setErr(captured);
      code = Lamella.execute(command.toArray(String[]::new));
    } finally {
      System.setErr(errors);
      System.setProperty("user.home", home);
    }
    List<String> lines =
        said.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("lamella: "))
            .toList();
    assertThat(lines).as(said.toString(StandardCharsets.UTF_8)).hasSize(1);
    assertThat(code).as(lines.getFirst()).isEqualTo(expected.value());
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("\tat ", "X-Amz-");
    return lines.getFirst();
  }

  @AfterEach
  void earlierImage_isStillThere() throws IOException {
    HttpResponse<byte[]> manifest = host().call("GET", "/v2/bad/source/manifests/1", "");
    assertThat(RawHost.sha256(manifest.body()).hex()).isEqualTo(earlier);
  }
}
