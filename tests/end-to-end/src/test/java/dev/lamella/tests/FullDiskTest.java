package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamella.core.Digest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk that an image is pulled to is small: a file system of its own, which takes a root. */
class FullDiskTest extends StackTest {
  private static final int DISK = 20 << 20;
  private static final String NAME = "full/disk:1";

  @TempDir Path directory;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    isMounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", disk.toString());
    assumeTrue(isMounted, "a small file system cannot be mounted here: it takes Linux and root");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      assertThat(run("umount", directory.resolve("disk").toString())).isTrue();
    }
  }

  @Test
  void pull_diskTooSmall_saysSoBeforeAnythingIsFetched() throws IOException {
    host(Progress.NONE).push(image(1, 2L * DISK).directory(), NAME);
    Path target = directory.resolve("disk/target");
    HostFailure failure = failure(() -> host(Progress.NONE).pull(NAME, target));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(failure.getMessage()).contains("too full", "MB are needed", "MB are free");
    assertThat(target.resolve("index.json")).doesNotExist();
  }

  @Test
  void pull_diskThatFillsMeanwhile_saysSoAndGoesOnWhenThereIsRoom() throws IOException {
    ImageFiles files = image(2, 3L * SHARD);
    host(Progress.NONE).push(files.directory(), NAME);
    Path target = directory.resolve("disk/target");
    Path filler = directory.resolve("disk/filler");
    HostFailure failure = failure(() -> host(filling(filler)).pull(NAME, target));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(failure.getMessage()).contains("the disk is full: make room and run the same");
    assertThat(target.resolve("blobs/sha256").resolve(files.largest().hex())).doesNotExist();
    assertThat(target.resolve("index.json")).doesNotExist();

    Files.delete(filler);
    host(Progress.NONE).pull(NAME, target);
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  private ImageFiles image(int seed, long size) throws IOException {
    return ImageFiles.image(directory.resolve("source"), 90 + seed, size);
  }

  private Host host(Progress progress) {
    return new Host(stack().endpoint(), directory.resolve("cache")).telling(progress);
  }

  /** Somebody else fills the disk as soon as the first bytes have come. */
  private static Progress filling(Path filler) {
    AtomicBoolean isFilled = new AtomicBoolean();
    return new Progress() {
      @Override
      public void begin(Digest blob, long size) {}

      @Override
      public void moved(Digest blob, long bytes) {
        if (!isFilled.getAndSet(true)) {
          try {
            Files.write(filler, new byte[DISK * 3 / 4]);
          } catch (IOException _) {
            // It is full.
          }
        }
      }

      @Override
      public void end(Digest blob, String outcome) {}

      @Override
      public void note(String line) {}
    };
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false; // There is no such program.
    }
  }
}
