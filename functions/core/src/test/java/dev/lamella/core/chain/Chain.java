package dev.lamella.core.chain;

import dev.lamella.core.Slicing;
import java.util.ArrayList;
import java.util.List;

/**
 * The digest chain of a layer that a test has in memory.
 *
 * @param states the state after each shard, the last of which is the layer's sha256 digest
 */
public record Chain(Slicing slicing, List<ChainState> states) {
  /**
   * @throws IllegalArgumentException unless there are as many states as the slicing has shards
   */
  public Chain {
    states = List.copyOf(states);
    if (states.size() != slicing.count()) {
      throw new IllegalArgumentException(slicing + " has not " + states.size() + " shards");
    }
  }

  /**
   * @param shardSize in bytes, a multiple of 64
   */
  public static Chain of(ChainEngine engine, byte[] layer, int shardSize) {
    Slicing slicing = new Slicing(layer.length, shardSize);
    ChainHash hash = engine.start();
    List<ChainState> states = new ArrayList<>();
    for (int shard = 0; shard < slicing.count(); shard++) {
      hash.update(layer, shard * shardSize, slicing.length(shard));
      states.add(slicing.isLast(shard) ? hash.finish() : hash.state());
    }
    return new Chain(slicing, states);
  }

  /** Number of shards: at least 1. */
  public int count() {
    return slicing.count();
  }

  /** The state before a shard. */
  public ChainState before(int shard) {
    return shard == 0 ? ChainState.INITIAL : after(shard - 1);
  }

  /** The state after a shard; of the last, the digest. */
  public ChainState after(int shard) {
    return states.get(shard);
  }

  public Link link(int shard) {
    return new Link(before(shard), after(shard));
  }

  /** The layer's sha256 digest. */
  public ChainState digest() {
    return states.getLast();
  }
}
