package dev.lamella.core.chain;

import dev.lamella.core.Slicing;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The digest chain of one layer: the state after each shard, the last of which is the layer's
 * sha256 digest. 32 bytes a shard. A chain is a claim until its links are checked.
 */
public final class Chain {
  private final Slicing slicing;
  private final byte[] states;

  Chain(Slicing slicing, byte[] states) {
    this.slicing = slicing;
    this.states = states;
  }

  /**
   * A chain that somebody sent or kept.
   *
   * @param after the state after each shard
   * @throws IllegalArgumentException if there are not as many as the slicing has shards
   */
  public static Chain of(Slicing slicing, List<ChainState> after) {
    if (after.size() != slicing.count()) {
      throw new IllegalArgumentException(
          "The chain of a layer of %d bytes in shards of %d has %d states, not %d"
              .formatted(slicing.size(), slicing.shardSize(), slicing.count(), after.size()));
    }
    byte[] states = new byte[after.size() * ChainState.LENGTH];
    int at = 0;
    for (ChainState state : after) {
      state.copyTo(states, at);
      at += ChainState.LENGTH;
    }
    return new Chain(slicing, states);
  }

  /** Size of the layer in bytes. */
  public long size() {
    return slicing.size();
  }

  /** In bytes. */
  public int shardSize() {
    return slicing.shardSize();
  }

  /** Number of shards: at least 1. */
  public int count() {
    return slicing.count();
  }

  /** The state before a shard. */
  public ChainState before(int index) {
    return Objects.checkIndex(index, count()) == 0 ? ChainState.INITIAL : after(index - 1);
  }

  /** The state after a shard; of the last, the digest. */
  public ChainState after(int index) {
    return ChainState.from(states, Objects.checkIndex(index, count()) * ChainState.LENGTH);
  }

  public Link link(int index) {
    return new Link(before(index), after(index));
  }

  /** The layer's sha256 digest. */
  public ChainState digest() {
    return after(count() - 1);
  }

  /** The states after each shard, made as they are asked for. */
  public List<ChainState> states() {
    return new AbstractList<>() {
      @Override
      public ChainState get(int index) {
        return after(index);
      }

      @Override
      public int size() {
        return count();
      }
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Chain that
        && slicing.equals(that.slicing)
        && Arrays.equals(states, that.states);
  }

  @Override
  public int hashCode() {
    return 31 * slicing.hashCode() + Arrays.hashCode(states);
  }

  @Override
  public String toString() {
    return "Chain[" + slicing + ", digest=" + digest() + "]";
  }
}
