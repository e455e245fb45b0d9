package dev.lamella.core.report;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;

/**
 * What one invocation of the verifier is asked to look at: some shards of a layer, on their own.
 * Comes at least once.
 *
 * @param number of the batch among those of the layer
 * @param from index of its first shard
 * @param shards how many; at least 1
 */
public record Batch(
    ReportId report, Digest digest, LayerId layer, int number, int from, int shards) {

  public static Batch of(ReportId report, Work work, int number) {
    int from = number * work.perBatch();
    return new Batch(
        report,
        work.digest(),
        work.layer(),
        number,
        from,
        Math.min(work.perBatch(), work.shards() - from));
  }
}
