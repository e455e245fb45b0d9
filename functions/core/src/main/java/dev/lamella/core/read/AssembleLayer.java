package dev.lamella.core.read;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Makes one object of a layer's shards, once, however many ask for it. */
public final class AssembleLayer {
  private final LayerIndex layers;
  private final ShardIndex shards;
  private final AssemblyIndex index;
  private final AssembledLayers assembled;
  private final ReadyLayers ready;
  private final Duration lease;
  private final InstantSource clock;

  /**
   * @param lease after which who assembles is dead: the time limit of his function
   */
  public AssembleLayer(
      LayerIndex layers,
      ShardIndex shards,
      AssemblyIndex index,
      AssembledLayers assembled,
      Duration lease,
      InstantSource clock) {
    this.layers = layers;
    this.shards = shards;
    this.index = index;
    this.assembled = assembled;
    this.ready = new ReadyLayers(assembled);
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * Idempotent.
   *
   * @return false where there is nothing to do: another is at it, it is done, or the layer is not
   *     stored
   */
  public boolean assemble(Digest digest) {
    return layers.find(digest).map(this::assemble).orElse(false);
  }

  private boolean assemble(Layer layer) {
    Instant now = clock.instant();
    Instant until = now.plus(lease);
    Assembly seen = index.find(layer.id());
    if (ready.isReady(layer.id(), seen, now) || !index.claim(layer.id(), seen, now, until)) {
      return false;
    }
    boolean isDone = false;
    try {
      assembled.assemble(layer.id(), allShards(layer));
      isDone = index.assembled(layer.id(), until, clock.instant());
    } finally {
      if (!isDone) {
        index.release(layer.id(), until);
      }
    }
    return isDone;
  }

  private List<Shard> allShards(Layer layer) {
    List<Shard> all = shards.from(layer.id(), 0, Slicing.MOST_SHARDS);
    if (all.size() != layer.slicing().count()) {
      throw new IllegalStateException(
          "layer %s has %s, and %s"
              .formatted(
                  layer.digest(),
                  Counted.of(layer.slicing().count(), "shard"),
                  Counted.of(all.size(), "record")));
    }
    return all;
  }
}
