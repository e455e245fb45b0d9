package dev.lamella.host.transfer;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Has an upload committed whose parts were sent: announces or sends again what gets lost. */
final class CommitUpload {
  private static final int MOST_REJECTIONS = 3;

  private final BlobUpload upload;
  private final PartSender sender;
  private final Permits connections;
  private final Map<Integer, Link> links;
  private final Map<Integer, Integer> rejections = new HashMap<>();
  private final StallDetector stall;

  /**
   * @param links those that are known; others are added
   */
  CommitUpload(
      BlobUpload upload, PartSender sender, Permits connections, Map<Integer, Link> links) {
    this.upload = upload;
    this.sender = sender;
    this.connections = connections;
    this.links = links;
    this.stall = new StallDetector(upload.store().retrier());
  }

  /**
   * @throws HostFailure {@code UNREACHABLE} where the store does not get on with it
   * @throws StaleUpload where it rejects a shard each time
   */
  StoredLayer run() throws StaleUpload {
    CompleteRequest request =
        new CompleteRequest(upload.digest(), upload.blob().size(), Optional.empty());
    while (true) {
      try {
        switch (upload.store().complete(upload.begun().upload(), request)) {
          case Completion.Committed(StoredLayer stored) -> {
            return stored;
          }
          case Completion.Pending(UploadProgress now) -> {
            if (isStalled(now)) {
              announceAgain(now);
            }
            stall.pause(upload.digest());
          }
        }
      } catch (StoreRefusal e) {
        if (!e.is(ErrorCode.SHARD_INVALID)) {
          throw e;
        }
        UploadProgress now = upload.store().progress(upload.begun().upload(), 0);
        if (!sendRejected(now)) {
          // By now somebody else has sent it; but a store may say so for ever.
          var _ = isStalled(now);
          stall.pause(upload.digest());
        }
      }
    }
  }

  private boolean isStalled(UploadProgress now) {
    return stall.isStalled(upload.shards(now.written()).cardinality());
  }

  /** Asynchronous invocations can be lost, or be throttled for hours. */
  private void announceAgain(UploadProgress now) {
    BitSet written = upload.shards(now.written());
    List<Integer> left = links.keySet().stream().filter(index -> !written.get(index)).toList();
    if (!left.isEmpty()) {
      upload.announce(left, left.stream().map(links::get).toList());
    }
  }

  /**
   * Sends and announces what the store does not have after all, or would not take.
   *
   * @return whether there was any
   */
  private boolean sendRejected(UploadProgress now) throws StaleUpload {
    List<Integer> left = left(now);
    if (left.isEmpty()) {
      return false;
    }
    requireFewRejections(left, now);
    left.forEach(index -> upload.moved(-upload.slicing().length(index)));
    TaskGroup tasks = new TaskGroup();
    tasks.start(() -> left.forEach(index -> connections.start(tasks, () -> sender.send(index))));
    tasks.join();
    hashAgain(left);
    upload.announce(left, upload.isChained() ? left.stream().map(links::get).toList() : List.of());
    return true;
  }

  private List<Integer> left(UploadProgress now) {
    BitSet there = upload.shards(now.written());
    there.or(upload.shards(now.staged()));
    return IntStream.range(0, upload.slicing().count())
        .filter(index -> !there.get(index))
        .boxed()
        .toList();
  }

  private void requireFewRejections(List<Integer> left, UploadProgress now) throws StaleUpload {
    Map<Integer, String> reasons = new HashMap<>();
    now.rejected().forEach(rejected -> reasons.put(rejected.index(), rejected.reason()));
    for (int index : left) {
      if (rejections.merge(index, 1, Integer::sum) > MOST_REJECTIONS) {
        throw new StaleUpload(
            new HostFailure(
                ExitCode.REFUSED,
                "the store rejects shard %d of %s, sent %d times: %s"
                    .formatted(
                        index,
                        upload.digest(),
                        MOST_REJECTIONS + 1,
                        reasons.getOrDefault(index, "it is not staged"))));
      }
    }
  }

  /** Where an upload was resumed, shards may be due whose links were not needed before. */
  private void hashAgain(List<Integer> left) {
    if (upload.isChained() && !links.keySet().containsAll(left)) {
      upload.hash(links::put);
    }
  }
}
