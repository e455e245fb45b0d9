package dev.lamella.core.chain;

import dev.lamella.core.Slicing;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Makes a layer's digest chain in one pass over its bytes, of which it keeps none: it holds 32
 * bytes a shard. The size need not be known before. Not thread-safe.
 */
public final class ChainBuilder {
  private final int shardSize;
  private final ChainHash hash;
  private final ByteArrayOutputStream states = new ByteArrayOutputStream();

  /**
   * @param shardSize in bytes, a multiple of 64
   */
  public ChainBuilder(ChainEngine engine, int shardSize) {
    Slicing.requireShardSize(shardSize);
    this.shardSize = shardSize;
    hash = engine.start();
  }

  public void update(byte[] bytes, int offset, int length) {
    update(ByteBuffer.wrap(bytes, offset, length));
  }

  /** Takes all that remains in the buffer. */
  public void update(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      if (hash.updateToBoundary(buffer, shardSize)) {
        states.writeBytes(hash.state().bytes());
      }
    }
  }

  /** Bytes so far. */
  public long size() {
    return hash.count();
  }

  /**
   * Full shards so far, each of whose links is known unless it turns out to be the layer's last.
   */
  public int fullShards() {
    return states.size() / ChainState.LENGTH;
  }

  /**
   * The chain of all bytes that came. Ends this builder.
   *
   * @throws IllegalStateException when called twice
   */
  public Chain finish() {
    Slicing slicing = new Slicing(hash.count(), shardSize);
    ChainState digest = hash.finish();
    byte[] all = new byte[slicing.count() * ChainState.LENGTH];
    int last = all.length - ChainState.LENGTH;
    // Where the last shard is a full one, its state was noted too; the digest stands in its place.
    System.arraycopy(states.toByteArray(), 0, all, 0, last);
    digest.copyTo(all, last);
    return new Chain(slicing, all);
  }
}
