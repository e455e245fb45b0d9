package dev.lamella.host.inspect;

import dev.lamella.core.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image as the store holds it.
 *
 * @param platform what it is for, where an index says so, as {@code os/architecture}
 * @param config empty for an index
 * @param layers empty for an index
 * @param manifests what an index names
 */
public record ImageView(
    String image,
    Digest digest,
    String mediaType,
    long size,
    Optional<String> platform,
    Optional<LayerView> config,
    List<LayerView> layers,
    List<ImageView> manifests) {
  public ImageView {
    layers = List.copyOf(layers);
    manifests = List.copyOf(manifests);
  }

  /**
   * A stored layer, or the configuration, which is stored as one.
   *
   * @param servers how many of its shards each storage server holds
   * @param verified when a deep verification last proved it
   * @param damaged indexes of shards that are missing or wrong
   * @param placement the storage server of each shard, in order of index; none of a damaged layer
   */
  public record LayerView(
      Digest digest,
      Optional<String> mediaType,
      long size,
      int shardSize,
      int shards,
      Map<String, Integer> servers,
      Optional<Instant> verified,
      List<Integer> damaged,
      List<String> placement) {
    public LayerView {
      servers = Map.copyOf(servers);
      damaged = List.copyOf(damaged);
      placement = List.copyOf(placement);
    }
  }
}
