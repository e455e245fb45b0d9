package dev.lamella.core.collect;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.StoredObject;
import dev.lamella.core.port.UploadIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes objects from the storage servers that no shard record names, and that none will: their
 * upload is gone, or committed, so that all its records are written. An open upload may still write
 * the record of such an object; when it ends, the object goes with it. What cannot be a shard, or
 * may be needed to heal a layer, is kept and named.
 */
final class SweepObjects implements Sweep {
  /** Objects in a page: what S3 lists at once. */
  private static final int PAGE = 1_000;

  /** A shard is recorded within minutes, by whoever wrote it. */
  private static final Duration LONGEST_UNRECORDED = Duration.ofDays(1);

  /** In a cursor, what comes between the storage server and the place there. */
  private static final String PLACE = " ";

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final ShardStore store;
  private final Duration grace;

  SweepObjects(
      LayerIndex layers, ShardIndex shards, UploadIndex uploads, ShardStore store, Duration grace) {
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.store = store;
    this.grace = grace.compareTo(LONGEST_UNRECORDED) < 0 ? grace : LONGEST_UNRECORDED;
  }

  /** Which shard the key of an object says that it is. */
  private record ShardKey(LayerId layer, int index) {
    private static final Pattern FORM =
        Pattern.compile(Shard.PREFIX + "([a-f0-9]{32})/(\\d{8})-[a-f0-9]+");

    static Optional<ShardKey> parse(StoredObject object) {
      Matcher form = FORM.matcher(object.key());
      return form.matches()
          ? Optional.of(new ShardKey(new LayerId(form.group(1)), Integer.parseInt(form.group(2))))
          : Optional.empty();
    }
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Optional<String> first =
        cursor.map(at -> at.split(PLACE, 2)[0]).or(() -> store.servers().stream().findFirst());
    if (first.isEmpty()) {
      return Finds.NONE;
    }
    String server = first.get();
    Optional<String> nextServer = after(server).map(next -> next + PLACE);
    Optional<String> place = cursor.map(at -> at.split(PLACE, 2)[1]).filter(at -> !at.isEmpty());
    try {
      Page<StoredObject> page = store.list(server, place, PAGE);
      List<Find> finds = new ArrayList<>();
      List<StoredObject> gone = nameless(server, page.items(), now.minus(grace), finds);
      if (!dryRun && !gone.isEmpty()) {
        store.remove(server, gone.stream().map(StoredObject::key).toList());
      }
      gone.forEach(object -> finds.add(Find.of(name(server, object), object.size())));
      return new Finds(finds, page.next().map(next -> server + PLACE + next).or(() -> nextServer));
    } catch (Unavailable e) {
      return new Finds(List.of(Find.kept(server, e.getMessage() + ": left out")), nextServer);
    }
  }

  private Optional<String> after(String server) {
    return store.servers().stream().filter(other -> other.compareTo(server) > 0).findFirst();
  }

  private static String name(String server, StoredObject object) {
    return server + " " + object.key();
  }

  /**
   * @param kept takes what is found and not to be removed
   */
  private List<StoredObject> nameless(
      String server, List<StoredObject> page, Instant before, List<Find> kept) {
    Map<LayerId, Map<StoredObject, Integer>> byLayer = new LinkedHashMap<>();
    for (StoredObject object : page) {
      if (object.written().isBefore(before)) {
        ShardKey.parse(object)
            .ifPresentOrElse(
                key ->
                    byLayer
                        .computeIfAbsent(key.layer(), _ -> new LinkedHashMap<>())
                        .put(object, key.index()),
                () -> kept.add(foreign(server, object)));
      }
    }
    List<StoredObject> nameless = new ArrayList<>();
    byLayer.forEach((layer, objects) -> nameless.addAll(nameless(server, layer, objects, kept)));
    return nameless;
  }

  private static Find foreign(String server, StoredObject object) {
    String name = server + " " + quoted(object.key());
    return Find.kept(name, name + ": this is no name of a shard");
  }

  private static Find kept(String server, StoredObject object, String why) {
    String name = name(server, object);
    return Find.kept(name, name + ": " + why);
  }

  private List<StoredObject> nameless(
      String server, LayerId layer, Map<StoredObject, Integer> objects, List<Find> kept) {
    if (unrecorded(server, layer, objects).isEmpty()) {
      return List.of();
    }
    Optional<Upload> upload = uploads.find(layer);
    if (upload.filter(of -> of.state() != Upload.State.COMMITTED).isPresent()) {
      return List.of();
    }
    Optional<Layer> damaged = upload.flatMap(this::layer).filter(Layer::isDamaged);
    // Asked again after these two: what its records are then, they stay.
    List<StoredObject> nameless = unrecorded(server, layer, objects);
    if (damaged.isEmpty()) {
      return nameless;
    }
    String why = "layer %s is damaged, and a push may heal it".formatted(damaged.get().digest());
    nameless.forEach(object -> kept.add(kept(server, object, why)));
    return List.of();
  }

  private Optional<Layer> layer(Upload upload) {
    return upload.claimed().flatMap(layers::find);
  }

  /** Those that no record of the layer names. */
  private List<StoredObject> unrecorded(
      String server, LayerId layer, Map<StoredObject, Integer> objects) {
    List<Integer> indexes = objects.values().stream().distinct().toList();
    Set<String> named = new HashSet<>();
    for (int from = 0; from < indexes.size(); from += ShardIndex.MOST_FOUND) {
      int to = Math.min(indexes.size(), from + ShardIndex.MOST_FOUND);
      shards.find(layer, indexes.subList(from, to)).stream()
          .flatMap(shard -> shard.copies().stream())
          .filter(copy -> copy.server().equals(server))
          .map(Copy::key)
          .forEach(named::add);
    }
    return objects.keySet().stream().filter(object -> !named.contains(object.key())).toList();
  }
}
