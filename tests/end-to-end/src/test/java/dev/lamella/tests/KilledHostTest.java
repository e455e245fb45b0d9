package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.PushReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container host is killed in the middle of a push or a pull, again and again. */
class KilledHostTest extends StackTest {
  private static final int SHARDS = 14;
  private static final long SIZE = (long) SHARDS * SHARD - 3;

  /** Few, so that some shards are whole when the host is killed. */
  private static final int PARALLEL = 2;

  private static final int KILLS = 4;

  /** Bytes that a host moves at a time. */
  private static final int PIECE = 64 << 10;

  /** JSON that goes with a layer's bytes. */
  private static final long TALK = 1 << 20;

  @TempDir Path directory;

  @Test
  void push_killedAtManyPoints_goesOnWithWhatIsMissing() throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 1, SIZE, 1000, 0);
    Digest layer = files.largest();
    Random random = new Random(1);
    for (int kill = 0; kill < KILLS; kill++) {
      try (Child host = child("push", files.directory(), "killed/push:1", pieces(random))) {
        assertThat(host.awaitLine("here")).isPresent();
      }
      assertThat(host().call("GET", "/v2/killed/push/manifests/1", "").statusCode()).isEqualTo(404);
    }
    settle();
    long missing = missing(layer);
    assertThat(missing).isLessThan(SIZE);

    PushReport report = container().push(files.directory(), "killed/push:1");
    assertThat(report.layers())
        .filteredOn(pushed -> pushed.digest().equals(layer))
        .singleElement()
        .satisfies(pushed -> assertThat(pushed.bytes()).isBetween(missing, missing + TALK));
    container().pull("killed/push:1", directory.resolve("target"));
    assertThat(ImageFiles.blobs(directory.resolve("target")))
        .isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pullToLayout_killedAtManyPoints_showsNothingUnprovenAndFetchesWhatIsMissing()
      throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 2, SIZE, 3L * SHARD, 5);
    container().push(files.directory(), "killed/pull:1");
    Digest layer = files.largest();
    Path target = directory.resolve("target");
    Random random = new Random(2);
    for (int kill = 0; kill < KILLS; kill++) {
      try (Child host = child("pull", target, "killed/pull:1", pieces(random))) {
        assertThat(host.awaitLine("here")).isPresent();
      }
      assertThat(ImageFiles.blobs(target))
          .allSatisfy((name, content) -> assertThat(content.hex()).isEqualTo(name));
      assertThat(target.resolve("index.json")).doesNotExist();
    }
    boolean isWhole = Files.exists(target.resolve("blobs/sha256").resolve(layer.hex()));
    Path partial = target.resolve(".lamella/sha256-" + layer.hex());
    int same = isWhole ? SHARDS : ImageFiles.sameShards(files.file(layer), partial, SHARD);
    assertThat(same).isPositive();

    PullReport report = container().pull("killed/pull:1", target);
    assertThat(report.layers())
        .filteredOn(pulled -> pulled.digest().equals(layer))
        .singleElement()
        .satisfies(pulled -> assertThat(pulled.fetched()).isEqualTo(SHARDS - same))
        .satisfies(
            pulled -> assertThat(pulled.bytes()).isLessThan((SHARDS - same) * (long) SHARD + TALK));
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pullToArchive_killedAtManyPoints_showsNoArchiveAndFetchesWhatIsMissing() throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 3, SIZE);
    container().push(files.directory(), "killed/tar:1");
    Path target = directory.resolve("image.tar");
    Random random = new Random(3);
    for (int kill = 0; kill < 2; kill++) {
      try (Child host = child("pull", target, "killed/tar:1", pieces(random))) {
        assertThat(host.awaitLine("here")).isPresent();
      }
      assertThat(target).doesNotExist();
    }
    Digest layer = files.largest();
    PullReport report = container().pull("killed/tar:1", target);
    assertThat(report.layers())
        .filteredOn(pulled -> pulled.digest().equals(layer))
        .singleElement()
        .satisfies(pulled -> assertThat(pulled.fetched()).isLessThan(SHARDS));
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  private Child child(String what, Path place, String name, int pieces) throws IOException {
    Host host =
        new Host(
            stack().endpoint(), directory.resolve("cache"), Progress.NONE, PARALLEL, Host.QUICK);
    return Hosting.start(host, what, place, name, pieces);
  }

  private Host container() {
    return new Host(stack().endpoint(), directory.resolve("cache"));
  }

  /** Pieces until the next kill: more than the shards in flight, less than a part for each kill. */
  private static int pieces(Random random) {
    int all = (int) (SIZE / PIECE);
    return all / 6 + random.nextInt(all / 16);
  }

  /** What the killed host set going comes to its end. */
  private void settle() throws InterruptedException {
    assertThat(stack().lambda().awaitIdle(Duration.ofSeconds(60))).isTrue();
  }

  /** Bytes of a layer that are neither staged nor written, by the upload that the host noted. */
  private long missing(Digest layer) throws IOException {
    Optional<UploadProgress> progress = Optional.empty();
    try (Stream<Path> notes = Files.list(directory.resolve("cache"))) {
      for (Path note : notes.toList()) {
        UploadProgress noted = host().progress(new LayerId(Files.readString(note).strip()));
        if (noted.digest().equals(Optional.of(layer))) {
          progress = Optional.of(noted);
        }
      }
    }
    return progress.orElseThrow().parts().stream().mapToLong(UploadProgress.Part::size).sum();
  }
}
