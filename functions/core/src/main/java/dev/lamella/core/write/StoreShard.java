package dev.lamella.core.write;

import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import java.util.List;
import java.util.Optional;

/**
 * Puts proven bytes on a storage server and then writes the shard record: a record never stands
 * without its object. Twice is as once: the same bytes have the same key.
 */
final class StoreShard {
  private final ShardStore store;
  private final ShardIndex index;
  private final LayerIndex layers;

  StoreShard(ShardStore store, ShardIndex index, LayerIndex layers) {
    this.store = store;
    this.index = index;
    this.layers = layers;
  }

  /**
   * @return a rejection where the shard is recorded already with another link
   */
  Optional<Rejection> store(Upload upload, int shard, Link link, String server, byte[] bytes) {
    if (upload.repairs().isPresent()) {
      return repair(upload, shard, link, server, bytes);
    }
    Shard record =
        new Shard(
            upload.image(),
            upload.id(),
            shard,
            upload.slicing().offset(shard),
            upload.slicing().length(shard),
            server,
            Shard.keyOf(upload.id(), shard, link),
            link);
    return switch (index.put(store.put(record, bytes))) {
      case WRITTEN -> Optional.empty();
      case OTHER_LINK -> Optional.of(new Rejection(shard, Reason.OTHER_CHAIN));
    };
  }

  /**
   * Writes the bytes that were there before, to where they were before or to another server; then
   * the record, where it changes; then the shard is damaged no more.
   */
  private Optional<Rejection> repair(
      Upload upload, int shard, Link link, String server, byte[] bytes) {
    Optional<Shard> recorded = index.find(upload.layer(), List.of(shard)).stream().findFirst();
    if (recorded.isEmpty() || !recorded.get().link().equals(link)) {
      return Optional.of(new Rejection(shard, Reason.OTHER_CHAIN));
    }
    Shard written = store.put(recorded.get().on(server), bytes);
    if (index.move(recorded.get(), written)) {
      layers.repaired(upload.digest(), upload.layer(), shard);
    }
    return Optional.empty();
  }
}
