package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Poll;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Waits for the shard records of an upload, asking only for what it has not seen yet. */
final class AwaitShards {
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** While few records are to come, looking for them costs little, and somebody waits. */
  private static final Duration LONGEST_PAUSE_FOR_FEW = Duration.ofMillis(100);

  private static final int FEW = 100;

  private final IntactShards intact;
  private final UploadIndex uploads;
  private final Poll poll;

  /**
   * @param patience how long to wait at most
   */
  AwaitShards(IntactShards intact, UploadIndex uploads, Duration patience, InstantSource clock) {
    this.intact = intact;
    this.uploads = uploads;
    this.poll = new Poll(patience, clock);
  }

  /** What is written so far. */
  WrittenShards begin(Upload upload) {
    WrittenShards written = new WrittenShards(upload.slicing());
    // Nothing can be written yet of an upload whose bytes are still in the call that opened it.
    if (!(upload.source() instanceof Upload.Source.Call)) {
      look(upload, written);
    }
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
    return poll.until(() -> isComplete(upload, written), () -> longestPause(written));
  }

  private boolean isComplete(Upload upload, WrittenShards written) {
    look(upload, written);
    if (!written.isComplete()) {
      requireNoneRejected(upload, written);
    }
    return written.isComplete();
  }

  private static Duration longestPause(WrittenShards written) {
    return written.missing().limit(FEW + 1).count() > FEW ? LONGEST_PAUSE : LONGEST_PAUSE_FOR_FEW;
  }

  /**
   * @throws Refusal {@code SHARD_INVALID}, naming what shard-writers rejected
   * @throws Unavailable naming the storage servers, where none takes a shard that is not written
   */
  void requireNoneRejected(Upload upload, WrittenShards written) {
    List<Rejection> all = uploads.rejections(upload.id());
    requireNoneWrong(upload, all);
    List<String> servers =
        all.stream()
            .filter(rejection -> !written.has(rejection.index()))
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

  /**
   * @throws Refusal {@code SHARD_INVALID}, naming what shard-writers rejected
   */
  void requireNoneWrong(Upload upload) {
    requireNoneWrong(upload, uploads.rejections(upload.id()));
  }

  private static void requireNoneWrong(Upload upload, List<Rejection> all) {
    List<Rejection> rejections = all.stream().filter(rejection -> !rejection.isUntaken()).toList();
    if (!rejections.isEmpty()) {
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
  }
}
