package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.layer.Layer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The metadata of a stored layer. Sizes in bytes.
 *
 * @param servers how many shards each storage server held when it was committed
 * @param verified when a deep verification last proved it
 * @param damaged indexes of shards that are missing or wrong: pushing the layer again heals it
 */
public record StoredLayer(
    Digest digest,
    long size,
    Optional<String> mediaType,
    int shardSize,
    int shards,
    Map<String, Integer> servers,
    Instant committed,
    Optional<Instant> verified,
    List<Integer> damaged) {

  public StoredLayer {
    servers = Map.copyOf(servers);
    damaged = List.copyOf(damaged);
  }

  public static StoredLayer of(Layer layer, Optional<String> mediaType) {
    return new StoredLayer(
        layer.digest(),
        layer.slicing().size(),
        mediaType,
        layer.slicing().shardSize(),
        layer.slicing().count(),
        layer.servers(),
        layer.committed(),
        layer.verified(),
        List.copyOf(layer.damaged()));
  }
}
