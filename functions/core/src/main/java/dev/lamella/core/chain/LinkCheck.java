package dev.lamella.core.chain;

import dev.lamella.core.Slicing;
import java.nio.ByteBuffer;

/**
 * Checks one shard's link on its own, while the shard's bytes stream by. For one shard, once, by
 * one thread.
 *
 * <p>It proves that these bytes lead from the claimed state before to the claimed state after; that
 * the state before is right is the other links' matter ({@link Verdict#ofLinks}).
 */
public final class LinkCheck {
  private final Slicing slicing;
  private final int index;
  private final Link claim;
  private final ChainHash hash;

  /**
   * @throws IndexOutOfBoundsException if the layer has no shard of that index
   */
  public LinkCheck(ChainEngine engine, Slicing slicing, int index, Link claim) {
    this.slicing = slicing;
    this.index = index;
    this.claim = claim;
    hash = engine.resume(claim.before(), slicing.offset(index));
  }

  public void update(byte[] bytes, int offset, int length) {
    hash.update(bytes, offset, length);
  }

  public void update(ByteBuffer buffer) {
    hash.update(buffer);
  }

  /**
   * The verdict on what came, once all of it came.
   *
   * @throws IllegalStateException when called twice
   */
  public Verdict finish() {
    long length = hash.count() - slicing.offset(index);
    if (length != slicing.length(index)) {
      return new Verdict.Broken(
          index, "it has " + length + " bytes instead of " + slicing.length(index));
    }
    ChainState after = slicing.isLast(index) ? hash.finish() : hash.state();
    return after.equals(claim.after())
        ? new Verdict.Proven()
        : new Verdict.Broken(index, "its bytes lead to " + after + " instead of " + claim.after());
  }
}
