package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Waits for the shard records of an upload, asking only for what it has not seen yet. */
public final class AwaitShards {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** While few records are to come, looking for them costs little, and somebody waits. */
  private static final Duration LONGEST_PAUSE_FOR_FEW = Duration.ofMillis(100);

  private static final int FEW = 100;

  private final IntactShards intact;
  private final UploadIndex uploads;
  private final Duration patience;
  private final InstantSource clock;

  /**
   * @param patience how long to wait at most; well under the 29 s after which API Gateway gives up
   */
  public AwaitShards(
      IntactShards intact, UploadIndex uploads, Duration patience, InstantSource clock) {
    this.intact = intact;
    this.uploads = uploads;
    this.patience = patience;
    this.clock = clock;
  }

  WrittenShards begin(Upload upload) {
    WrittenShards written = new WrittenShards(upload.slicing());
    look(upload, written);
    return written;
  }

  /** Adds what was written since. */
  void look(Upload upload, WrittenShards written) {
    written.missing().findFirst().ifPresent(first -> written.add(intact.from(upload, first)));
  }

  /**
   * @return whether all shards are written; false where patience ended first
   * @throws Refusal {@code SHARD_INVALID}, naming what shard-writers rejected
   * @throws Unavailable naming the storage servers that do not take a shard, where none takes it
   */
  boolean await(Upload upload, WrittenShards written) {
    Instant end = clock.instant().plus(patience);
    Duration pause = FIRST_PAUSE;
    while (true) {
      look(upload, written);
      if (written.isComplete()) {
        return true;
      }
      refuse(upload, written);
      if (!clock.instant().isBefore(end)) {
        return false;
      }
      pause(pause);
      pause = longer(pause, written);
    }
  }

  private static Duration longer(Duration pause, WrittenShards written) {
    Duration longest =
        written.missing().limit(FEW + 1).count() > FEW ? LONGEST_PAUSE : LONGEST_PAUSE_FOR_FEW;
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(longest) < 0 ? twice : longest;
  }

  /**
   * To be called before shards are handed over once more that no storage server took: whoever waits
   * then is told of what fails anew.
   */
  void tryAgain(Upload upload) {
    List<Integer> untaken =
        uploads.rejections(upload.id()).stream()
            .filter(Rejection::isUntaken)
            .map(Rejection::index)
            .toList();
    if (!untaken.isEmpty()) {
      Set<Integer> forgiven = uploads.forgive(upload.id(), untaken);
      uploads.unclaim(upload.id(), forgiven, clock.instant());
    }
  }

  /**
   * @throws Unavailable naming the storage servers, where none takes a shard that is not written
   */
  void requireTaken(Upload upload, WrittenShards written) {
    requireTaken(uploads.rejections(upload.id()), written);
  }

  private static void requireTaken(List<Rejection> rejections, WrittenShards written) {
    List<String> servers =
        rejections.stream()
            .filter(rejection -> rejection.isUntaken() && !written.has(rejection.index()))
            .flatMap(rejection -> rejection.servers().stream())
            .distinct()
            .sorted()
            .toList();
    if (!servers.isEmpty()) {
      throw Unavailable.storageServers(
          servers,
          new IllegalStateException("no storage server takes a shard: see the shard-writer"));
    }
  }

  private void refuse(Upload upload, WrittenShards written) {
    List<Rejection> all = uploads.rejections(upload.id());
    List<Rejection> rejections = all.stream().filter(rejection -> !rejection.isUntaken()).toList();
    if (rejections.isEmpty()) {
      requireTaken(all, written);
      return;
    }
    throw new Refusal(
        ErrorCode.SHARD_INVALID,
        "upload "
            + upload.id()
            + " of "
            + upload.digest()
            + ": "
            + rejections.getFirst().explanation(),
        Map.of("rejected", rejections.stream().map(Rejection::index).toList()));
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for shards", e);
    }
  }
}
