package dev.lamella.core.repair;

import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The records of what an upload that repairs a layer has to bring. */
public final class DamagedShards {
  private final ShardIndex shards;
  private final LayerIndex layers;

  public DamagedShards(ShardIndex shards, LayerIndex layers) {
    this.shards = shards;
    this.layers = layers;
  }

  /** Of those indexes, the ones that are damaged, in order of index. */
  public List<Shard> of(Upload upload, Collection<Integer> indexes) {
    Optional<Layer> layer =
        layers.find(upload.digest()).filter(found -> found.id().equals(upload.layer()));
    if (layer.isEmpty()) {
      return List.of();
    }
    Set<Integer> damaged =
        indexes.stream()
            .filter(layer.get().damaged()::contains)
            .collect(Collectors.toSet());
    return shards.from(upload.layer(), 0, Slicing.MOST_SHARDS).stream()
        .filter(shard -> damaged.contains(shard.index()))
        .toList();
  }
}
