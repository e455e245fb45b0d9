package dev.lamella.core.collect;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.orphan.FindOrphans;
import dev.lamella.core.orphan.ShardKey;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.report.Orphan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes objects from the storage servers that no shard record names, and that none will: their
 * upload is gone, or committed, so that all its records are written. An open upload may still write
 * the record of such an object; when it ends, the object goes with it.
 */
final class SweepObjects implements Sweep {
  /** In a cursor, what comes between the storage server and the place there. */
  private static final String PLACE = " ";

  private final FindOrphans orphans;
  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final ShardStore store;

  SweepObjects(
      FindOrphans orphans,
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      ShardStore store) {
    this.orphans = orphans;
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.store = store;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Optional<String> server =
        cursor.map(at -> at.split(PLACE, 2)[0]).or(() -> store.servers().stream().findFirst());
    if (server.isEmpty()) {
      return new Finds(List.of(), Optional.empty());
    }
    Optional<String> place = cursor.map(at -> at.split(PLACE, 2)[1]).filter(at -> !at.isEmpty());
    Page<Orphan> page;
    List<Orphan> ownerless;
    try {
      page = orphans.objects(server.get(), place);
      ownerless = page.items().stream().filter(this::isOwnerless).toList();
      if (!dryRun && !ownerless.isEmpty()) {
        store.remove(server.get(), ownerless.stream().map(Orphan::key).toList());
      }
    } catch (Unavailable e) {
      return new Finds(
          List.of(new Find(server.get(), 0, Optional.of(e.getMessage() + ": left out"))),
          after(server.get()).map(next -> next + PLACE));
    }
    List<Find> finds =
        ownerless.stream()
            .map(
                orphan ->
                    new Find(orphan.server() + " " + orphan.key(), orphan.size(), Optional.empty()))
            .toList();
    return new Finds(
        finds,
        page.next()
            .map(next -> server.get() + PLACE + next)
            .or(() -> after(server.get()).map(next -> next + PLACE)));
  }

  private Optional<String> after(String server) {
    return store.servers().stream().filter(other -> other.compareTo(server) > 0).findFirst();
  }

  /** Then its shards may be on their way to another server. */
  private boolean isDamaged(Upload upload) {
    return upload.claimed().flatMap(layers::find).filter(Layer::isDamaged).isPresent();
  }

  /** Looks at the upload first: what its records are then, they stay. */
  private boolean isOwnerless(Orphan orphan) {
    Optional<ShardKey> key = ShardKey.parse(orphan.key());
    if (key.isEmpty()) {
      return false;
    }
    LayerId layer = key.get().layer();
    Optional<Upload> upload = uploads.find(layer);
    if (upload.isPresent()
        && (upload.get().state() != Upload.State.COMMITTED || isDamaged(upload.get()))) {
      return false;
    }
    return shards.find(layer, List.of(key.get().index())).stream()
        .noneMatch(
            (Shard shard) ->
                shard.server().equals(orphan.server()) && shard.key().equals(orphan.key()));
  }
}
