package dev.lamella.core.orphan;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.StoredObject;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.report.Orphan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks in the other direction: from what the storage servers hold to the records, and from the
 * records to the layers. It finds, and removes nothing.
 */
public final class FindOrphans {
  /** Objects in a page: what S3 lists at once. */
  private static final int PAGE = 1_000;

  /** Shard records that are asked for at once. */
  private static final int RECORDS = 100;

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final ShardStore store;
  private final Duration grace;
  private final InstantSource clock;

  /**
   * @param grace how old something has to be, so that what a running upload has just written is not
   *     taken for an orphan
   */
  public FindOrphans(
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      ShardStore store,
      Duration grace,
      InstantSource clock) {
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.store = store;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * Those of a page of a server's objects that no record names. The page may have none, and others
   * still follow.
   */
  public Page<Orphan> objects(String server, Optional<String> cursor) {
    Page<StoredObject> page = store.list(server, cursor, PAGE);
    Instant cutoff = clock.instant().minus(grace);
    List<StoredObject> old =
        page.items().stream().filter(object -> object.written().isBefore(cutoff)).toList();
    Map<LayerId, List<ShardKey>> byLayer =
        old.stream()
            .flatMap(object -> ShardKey.parse(object.key()).stream())
            .collect(Collectors.groupingBy(ShardKey::layer));
    Set<String> named = new HashSet<>();
    byLayer.forEach((layer, keys) -> named.addAll(named(server, layer, keys)));
    return new Page<>(
        old.stream()
            .filter(object -> !named.contains(object.key()))
            .map(object -> new Orphan(server, object.key(), object.size(), object.written()))
            .toList(),
        page.next());
  }

  private Set<String> named(String server, LayerId layer, List<ShardKey> keys) {
    Set<String> named = new HashSet<>();
    for (int from = 0; from < keys.size(); from += RECORDS) {
      List<Integer> indexes =
          keys.subList(from, Math.min(keys.size(), from + RECORDS)).stream()
              .map(ShardKey::index)
              .distinct()
              .toList();
      shards.find(layer, indexes).stream()
          .filter(shard -> shard.server().equals(server))
          .map(Shard::key)
          .forEach(named::add);
    }
    return named;
  }

  /** Those on a page of the ids that shard records are under which no layer or upload owns. */
  public Page<LayerId> records(Optional<String> cursor) {
    Page<LayerId> page = shards.layers(cursor, PAGE);
    List<LayerId> ownerless = new ArrayList<>(page.items());
    ownerless.removeIf(this::isOwned);
    return new Page<>(ownerless, page.next());
  }

  /**
   * Whether an upload that goes on, or ended within the grace, or a stored layer has its shards
   * under this id.
   */
  public boolean isOwned(LayerId id) {
    Optional<Upload> upload = uploads.find(id);
    if (upload.isEmpty()) {
      return false;
    }
    return switch (upload.get().state()) {
      case OPEN, ENDED -> upload.get().expires().isAfter(clock.instant().minus(grace));
      case COMMITTED ->
          layers.find(upload.get().digest()).map(layer -> layer.id().equals(id)).orElse(false);
    };
  }
}
