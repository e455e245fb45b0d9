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
 * @param damaged indexes of shards that are missing or wrong: pushing the layer again heals it. Of
 *     an image, at most 100,000 and one a layer
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

  /** With the first damaged shards alone: at most so many, but one of a damaged layer. */
  public StoredLayer withDamaged(int most) {
    return damaged.size() <= Math.max(1, most)
        ? this
        : new StoredLayer(
            digest,
            size,
            mediaType,
            shardSize,
            shards,
            servers,
            committed,
            verified,
            damaged.subList(0, Math.max(1, most)));
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
