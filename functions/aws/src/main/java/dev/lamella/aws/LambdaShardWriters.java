package dev.lamella.aws;

import dev.lamella.core.api.Json;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.port.ShardWriters;

/**
 * Shard-writers by asynchronous invocation: Lambda queues the batch, retries it, and may repeat.
 */
public final class LambdaShardWriters implements ShardWriters {
  /** What Lambda takes asynchronously, in bytes. */
  private static final int LARGEST_EVENT = 1 << 20;

  private final AsynchronousFunction function;

  LambdaShardWriters(AsynchronousFunction function) {
    this.function = function;
  }

  @Override
  public void dispatch(ShardBatch batch) {
    byte[] event = Json.write(batch);
    if (event.length > LARGEST_EVENT) {
      throw new IllegalArgumentException(
          "a batch of %d shards is an event of %d bytes, over Lambda's limit of %d: make"
                  .formatted(batch.shards().size(), event.length, LARGEST_EVENT)
              + " SHARDS_PER_BATCH smaller");
    }
    function.invoke(event);
  }
}
