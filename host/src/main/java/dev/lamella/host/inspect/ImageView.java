package dev.lamella.host.inspect;

import dev.lamella.core.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image as the store holds it.
 *
 * @param layers config and layers; empty for an index
 * @param manifests what an index names
 */
public record ImageView(
    String image,
    Digest digest,
    String mediaType,
    long size,
    List<LayerView> layers,
    List<ImageView> manifests) {
  public ImageView {
    layers = List.copyOf(layers);
    manifests = List.copyOf(manifests);
  }

  /**
   * A stored layer.
   *
   * @param servers how many of its shards each storage server holds
   * @param placement the storage server of each shard, in order of index
   */
  public record LayerView(
      Digest digest,
      Optional<String> mediaType,
      long size,
      int shardSize,
      int shards,
      Map<String, Integer> servers,
      List<String> placement) {
    public LayerView {
      servers = Map.copyOf(servers);
      placement = List.copyOf(placement);
    }
  }
}
