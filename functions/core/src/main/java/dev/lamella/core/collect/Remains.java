package dev.lamella.core.collect;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.util.List;
import java.util.Optional;

/**
 * All that is left of an upload that has ended: parts, links, objects, records. They go in an order
 * in which each leads to what is not gone yet, and the upload itself goes last: whatever is killed
 * in between, the next run finds the upload and does it again.
 */
final class Remains {
  private static final int PAGE = 1_000;

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final Staging staging;
  private final ShardStore store;

  Remains(
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      Staging staging,
      ShardStore store) {
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.staging = staging;
    this.store = store;
  }

  /**
   * Twice is as once.
   *
   * @param id of an upload that has ended: nobody commits it any more
   * @param digest of its layer, where it was ever said
   * @return why not all of it could be removed; empty where nothing is left
   */
  Optional<String> remove(LayerId id, Optional<Digest> digest) {
    staging.remove(id);
    digest.ifPresent(layers::forgetLinks);
    Optional<String> kept = removeShards(id);
    if (kept.isEmpty()) {
      uploads.remove(id);
    }
    return kept;
  }

  /**
   * Removes all objects and records under an id whose upload has ended or is gone. Twice is as
   * once.
   *
   * @return why not all of it could be removed; empty where nothing is left
   */
  Optional<String> removeShards(LayerId id) {
    store.remove(id);
    for (List<Shard> page = page(id); !page.isEmpty(); page = page(id)) {
      Optional<Shard> unreached =
          page.stream().filter(shard -> !store.reaches(shard.server())).findFirst();
      if (unreached.isPresent()) {
        return Optional.of(
            "upload %s has shards on storage server '%s', which STORAGE_SERVERS does not name"
                .formatted(id, unreached.get().server()));
      }
      shards.remove(page);
    }
    return Optional.empty();
  }

  private List<Shard> page(LayerId id) {
    return shards.from(id, 0, PAGE);
  }
}
