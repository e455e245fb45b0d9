package dev.lamella.core.memory;

import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.port.ShardWriters;
import java.util.function.Consumer;

/**
 * Hands each batch to a shard-writer at once, on the caller's thread, so that tests see one order.
 */
public final class MemoryShardWriters implements ShardWriters {
  private final Consumer<ShardBatch> writer;

  public MemoryShardWriters(Consumer<ShardBatch> writer) {
    this.writer = writer;
  }

  @Override
  public void dispatch(ShardBatch batch) {
    var _ = ShardWriters.event(batch); // Refuses what is too large.
    writer.accept(batch);
  }

  @Override
  public void write(ShardBatch batch, byte[] bytes) {
    try {
      writer.accept(batch.with(bytes));
    } catch (RuntimeException e) {
      throw new Unavailable("the shard-writer", e);
    }
  }
}
