package dev.lamella.core.chain;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far the hash of a layer has come whose bytes arrive in chunks: all that is needed to go on
 * with the next chunk, in another process. In the standards' terms only, never a library's.
 */
public final class PausedChain {
  /** Before the first byte. */
  public static final PausedChain START = new PausedChain(0, ChainState.INITIAL, new byte[0]);

  private final long count;
  private final ChainState state;
  private final byte[] pending;

  private PausedChain(long count, ChainState state, byte[] pending) {
    this.count = count;
    this.state = state;
    this.pending = pending;
  }

  /**
   * As it was kept.
   *
   * @param count bytes so far
   * @param state after the whole blocks of 64 bytes among them
   * @param pending the up to 63 bytes since
   * @throws IllegalArgumentException where there are not as many as the count leaves over
   */
  public static PausedChain of(long count, ChainState state, byte[] pending) {
    if (count < 0 || pending.length != count % ChainHash.BLOCK) {
      throw new IllegalArgumentException(pending.length + " bytes pending after " + count);
    }
    return new PausedChain(count, state, pending.clone());
  }

  /**
   * What a chunk leads to.
   *
   * @param next after the chunk
   * @param boundaries the states at the boundaries of shards that the chunk reached, in order; the
   *     one at its very end too
   */
  public record Advance(PausedChain next, List<ChainState> boundaries) {
    public Advance {
      boundaries = List.copyOf(boundaries);
    }
  }

  /**
   * @param shardSize in bytes, a multiple of 64
   */
  public Advance advance(ChainEngine engine, int shardSize, byte[] chunk) {
    long end = count + chunk.length;
    int left = (int) (end % ChainHash.BLOCK);
    if (pending.length + chunk.length == left) {
      byte[] more = Arrays.copyOf(pending, left);
      System.arraycopy(chunk, 0, more, pending.length, chunk.length);
      return new Advance(new PausedChain(end, state, more), List.of());
    }
    List<ChainState> boundaries = new ArrayList<>();
    ChainHash hash = resume(engine);
    int blocks = chunk.length - left;
    ByteBuffer whole = ByteBuffer.wrap(chunk, 0, blocks);
    while (whole.hasRemaining()) {
      if (hash.updateToBoundary(whole, shardSize)) {
        boundaries.add(hash.state());
      }
    }
    byte[] rest = Arrays.copyOfRange(chunk, blocks, chunk.length);
    return new Advance(new PausedChain(end, hash.state(), rest), boundaries);
  }

  /** The sha256 digest of all bytes so far: the state after the last shard, if no more come. */
  public ChainState end(ChainEngine engine) {
    return resume(engine).finish();
  }

  private ChainHash resume(ChainEngine engine) {
    ChainHash hash = engine.resume(state, count - pending.length);
    hash.update(pending, 0, pending.length);
    return hash;
  }

  public long count() {
    return count;
  }

  public ChainState state() {
    return state;
  }

  /** A copy. */
  public byte[] pending() {
    return pending.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PausedChain that
        && count == that.count
        && state.equals(that.state)
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(count) + state.hashCode();
  }

  @Override
  public String toString() {
    return "PausedChain[" + count + " bytes, " + state + "]";
  }
}
