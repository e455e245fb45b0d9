package dev.lamella.core.report;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import java.time.Instant;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A layer that a job has in work, in batches of shards.
 *
 * @param shards of the layer
 * @param perBatch shards of a batch; the last one may have fewer
 * @param lease until when those that were handed out are waited for
 * @param done numbers of the batches that are done
 * @param tally of the batches that are done
 */
public record Work(
    Digest digest,
    LayerId layer,
    int shards,
    int perBatch,
    Instant lease,
    Set<Integer> done,
    Tally tally) {
  public Work {
    done = Set.copyOf(done);
  }

  /** How many batches the layer is looked at in. */
  public int batches() {
    return Math.ceilDiv(shards, perBatch);
  }

  public Work with(Tally counted) {
    return new Work(digest, layer, shards, perBatch, lease, done, counted);
  }

  public Work until(Instant then) {
    return new Work(digest, layer, shards, perBatch, then, done, tally);
  }

  public boolean isDone() {
    return done.size() == batches();
  }

  /** Numbers of the batches that are not done. */
  public IntStream left() {
    return IntStream.range(0, batches()).filter(number -> !done.contains(number));
  }
}
