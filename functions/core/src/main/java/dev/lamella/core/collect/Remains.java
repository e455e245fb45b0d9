package dev.lamella.core.collect;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

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
   * As far as there is time. Idempotent.
   *
   * @param id of an upload that has ended: it is never committed
   * @param digest of its layer, where it was ever said
   */
  Removal remove(LayerId id, Optional<Digest> digest, BooleanSupplier hasTime) {
    staging.remove(id);
    digest.ifPresent(layers::forgetLinks);
    Removal removal = removeShards(id, hasTime);
    if (removal instanceof Removal.Gone) {
      uploads.remove(id);
    }
    return removal;
  }

  /**
   * Removes the objects and records under an id whose upload has ended or is gone: a page of
   * records, and others while there is time. Idempotent.
   */
  Removal removeShards(LayerId id, BooleanSupplier hasTime) {
    try {
      store.remove(id);
    } catch (Unavailable e) {
      // Records lead to what is left there. The others go on.
      return new Removal.Kept("upload %s has shards left: %s".formatted(id, e.getMessage()));
    }
    List<Shard> page = page(id);
    while (!page.isEmpty()) {
      Optional<Copy> unreached =
          page.stream()
              .flatMap(shard -> shard.copies().stream())
              .filter(copy -> !store.reaches(copy.server()))
              .findFirst();
      if (unreached.isPresent()) {
        return new Removal.Kept(
            "upload %s has shards on storage server '%s', which STORAGE_SERVERS does not name"
                .formatted(id, unreached.get().server()));
      }
      shards.remove(page);
      page = page(id);
      if (!page.isEmpty() && !hasTime.getAsBoolean()) {
        return new Removal.Begun();
      }
    }
    return new Removal.Gone();
  }

  private List<Shard> page(LayerId id) {
    return shards.from(id, 0, PAGE);
  }
}
