package dev.lamella.core.port;

import dev.lamella.core.layer.ShardBatch;

/** The shard-writer functions. */
public interface ShardWriters {

  /**
   * Hands over a batch, to be worked on soon, at least once. Returns when it is sure to come, not
   * when it is done.
   */
  void dispatch(ShardBatch batch);
}
