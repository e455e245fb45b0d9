package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;

/** Where a client that knows nothing of shards gets a layer: one URL. */
public final class LocateBlob {
  private final ServedLayers served;
  private final ShardIndex shards;
  private final ShardStore store;

  public LocateBlob(LayerIndex layers, ShardIndex shards, ShardStore store) {
    this.served = new ServedLayers(layers);
    this.shards = shards;
    this.store = store;
  }

  /**
   * @throws dev.lamella.core.Refusal {@code BLOB_UNKNOWN} where the image has no such layer
   */
  public SignedUrl locate(RepositoryName image, Digest digest, Access access) {
    Layer layer = served.require(image, digest);
    Shard shard = shards.from(layer.id(), 0, 1).getFirst();
    return store.sign(shard, access);
  }
}
