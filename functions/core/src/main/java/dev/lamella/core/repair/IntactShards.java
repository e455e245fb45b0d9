package dev.lamella.core.repair;

import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Gatherers;

/**
 * The shards of an upload that need not be sent: those that are written; of an upload that repairs
 * a layer, those of the layer that are not damaged.
 */
public final class IntactShards {
  private final ShardIndex shards;
  private final LayerIndex layers;

  public IntactShards(ShardIndex shards, LayerIndex layers) {
    this.shards = shards;
    this.layers = layers;
  }

  /** From an index on, in order of index. */
  public List<Shard> from(Upload upload, int index) {
    // Damage first: what is repaired in between is then seen as damaged once more, never too early
    // as whole.
    SortedSet<Integer> damaged = damaged(upload);
    return shards.from(upload.layer(), index, Slicing.MOST_SHARDS).stream()
        .filter(shard -> !damaged.contains(shard.index()))
        .toList();
  }

  /** The intact shards of those indexes, at most 100, in any order. */
  public List<Shard> find(Upload upload, Collection<Integer> indexes) {
    SortedSet<Integer> damaged = damaged(upload);
    return shards.find(upload.layer(), indexes).stream()
        .filter(shard -> !damaged.contains(shard.index()))
        .toList();
  }

  /**
   * The records of those indexes that an upload that repairs has to bring: the damaged ones, in
   * order of index.
   */
  public List<Shard> damaged(Upload upload, Collection<Integer> indexes) {
    SortedSet<Integer> wanted = new TreeSet<>(indexes);
    wanted.retainAll(damaged(upload));
    return wanted.stream()
        .gather(Gatherers.windowFixed(ShardIndex.MOST_FOUND))
        .flatMap(some -> shards.find(upload.layer(), some).stream())
        .sorted(Comparator.comparingInt(Shard::index))
        .toList();
  }

  private SortedSet<Integer> damaged(Upload upload) {
    return upload
        .repairs()
        .flatMap(id -> layers.find(upload.digest()).filter(layer -> layer.id().equals(id)))
        .map(Layer::damaged)
        .orElse(Collections.emptySortedSet());
  }
}
