package dev.lamella.core.port;

import dev.lamella.core.layer.ShardBatch;

/** The shard-writer functions. */
public interface ShardWriters {

  /** What goes along with a call: 6 MB in base64, with room for the rest of the event. */
  int MOST_BYTES = 4_450_000;

  /**
   * Hands over a batch, to be worked on soon, at least once. Returns when it is sure to come, not
   * when it is done.
   */
  void dispatch(ShardBatch batch);

  /**
   * Has one shard written whose bytes are at hand. Returns when its record is written; twice is as
   * once.
   *
   * @param batch of that one shard
   * @param bytes at most {@link #MOST_BYTES}
   * @throws dev.lamella.core.Unavailable where it was not written: try again
   */
  void write(ShardBatch batch, byte[] bytes);
}
