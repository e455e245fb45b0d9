package dev.lamella.core.port;

import dev.lamella.core.api.Json;
import dev.lamella.core.layer.ShardBatch;

/** The shard-writer functions. */
public interface ShardWriters {

  /** What goes along with a call: 6 MB in base64, with room for the rest of the event. */
  int MOST_BYTES = 4_450_000;

  /** What a batch may be as JSON, in bytes. */
  int MOST_EVENT = 1 << 20;

  /**
   * Hands over a batch, to be worked on soon, at least once. Returns when it is sure to come, not
   * when it is done.
   *
   * @throws IllegalArgumentException where it is over {@link #MOST_EVENT}
   */
  void dispatch(ShardBatch batch);

  /**
   * Has one shard written whose bytes are at hand. Returns when its record is written. Idempotent.
   *
   * @param batch of that one shard
   * @param bytes at most {@link #MOST_BYTES}
   * @throws dev.lamella.core.Unavailable where it was not written: try again
   */
  void write(ShardBatch batch, byte[] bytes);

  /**
   * The batch as JSON.
   *
   * @throws IllegalArgumentException where it is over {@link #MOST_EVENT}
   */
  static byte[] event(ShardBatch batch) {
    byte[] event = Json.write(batch);
    if (event.length > MOST_EVENT) {
      throw new IllegalArgumentException(
          "a batch of %d shards is an event of %d bytes, over Lambda's limit of %d: make"
                  .formatted(batch.shards().size(), event.length, MOST_EVENT)
              + " SHARDS_PER_BATCH smaller");
    }
    return event;
  }
}
