package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Put;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What manifests name: how many name a layer, and which indexes name a manifest. Steps of
 * transactions that keep account of it.
 */
final class ReferenceCounts {
  /** Steps of a transaction that are kept for the manifest itself, its tag and the like. */
  private static final int OWN_STEPS = 10;

  private static final int ROOM = Transaction.MOST_STEPS - OWN_STEPS;

  /**
   * Each takes two steps. A blob: its count, and that of its link, without which the image may not
   * read it. A manifest: that it is named, and by which index.
   */
  static final int MOST = ROOM / 2;

  private final Table table;
  private final LayerLinks links;

  ReferenceCounts(Table table) {
    this.table = table;
    this.links = new LayerLinks(table);
  }

  enum Kind {
    BLOB,
    /** A layer that may be absent. */
    EXTERNAL,
    MANIFEST
  }

  /** A blob or, in an index, a manifest that a manifest names. */
  record Named(Digest digest, Kind kind) {
    boolean isManifest() {
      return kind == Kind.MANIFEST;
    }
  }

  /** All that the manifest names, each once, in an order that is always the same. */
  static List<Named> named(Manifest manifest) {
    Set<Digest> required = Set.copyOf(distinct(manifest.blobs()));
    return Stream.of(
            distinct(manifest.blobs()).stream().map(blob -> new Named(blob, Kind.BLOB)),
            distinct(manifest.manifests()).stream().map(child -> new Named(child, Kind.MANIFEST)),
            distinct(manifest.external()).stream()
                .filter(layer -> !required.contains(layer))
                .map(layer -> new Named(layer, Kind.EXTERNAL)))
        .flatMap(Function.identity())
        .toList();
  }

  /** Whether one transaction is enough for all that the manifest names. */
  static boolean fit(Manifest manifest) {
    return named(manifest).size() <= MOST;
  }

  /** Why the manifest cannot be put as things are, if so. */
  Optional<Put> refusal(RepositoryName image, Manifest manifest) {
    List<Named> named = named(manifest);
    Stream<Key> subject =
        manifest.subject().map(about -> Key.manifest(image, about.digest())).stream();
    Map<Key, Item> found =
        table.outlines(
            Stream.concat(named.stream().flatMap(each -> keys(image, each).stream()), subject)
                .toList());
    Set<Digest> missing =
        named.stream()
            .filter(each -> each.kind() != Kind.EXTERNAL && !isThere(image, each, found))
            .map(Named::digest)
            .collect(Collectors.toSet());
    if (!missing.isEmpty()) {
      return Optional.of(new Put.Missing(missing));
    }
    return Stream.concat(
            Stream.concat(manifest.blobs().stream(), manifest.external().stream())
                .filter(blob -> isThere(image, new Named(blob.digest(), Kind.BLOB), found))
                .flatMap(blob -> wrongSize(blob, found.get(Key.layer(blob.digest())))),
            Stream.concat(manifest.manifests().stream(), manifest.subject().stream())
                .flatMap(child -> wrongSize(child, found.get(Key.manifest(image, child.digest())))))
        .findFirst();
  }

  private static boolean isThere(RepositoryName image, Named named, Map<Key, Item> found) {
    return named.isManifest()
        ? found.containsKey(Key.manifest(image, named.digest()))
        : found.containsKey(Key.layer(named.digest()))
            && LayerLinks.isLink(Optional.ofNullable(found.get(Key.link(image, named.digest()))));
  }

  private static Stream<Put> wrongSize(Descriptor named, @Nullable Item found) {
    return Stream.ofNullable(found)
        .map(item -> item.number("size"))
        .filter(size -> size != named.size())
        .map(size -> new Put.WrongSize(named, size));
  }

  private static List<Key> keys(RepositoryName image, Named named) {
    return named.isManifest()
        ? List.of(Key.manifest(image, named.digest()))
        : List.of(Key.layer(named.digest()), Key.link(image, named.digest()));
  }

  /** A manifest names these, all of which but external layers the image has to have. */
  void add(
      Transaction transaction, RepositoryName image, Manifest by, List<Named> some, Instant now) {
    Map<Key, Item> external = external(image, some);
    for (Named named : some) {
      switch (named.kind()) {
        case MANIFEST -> {
          ReleasedManifests.name(transaction, image, named.digest());
          transaction.put(Item.at(Key.named(image, named.digest(), by.digest())));
        }
        case BLOB -> addBlob(transaction, image, named.digest(), now);
        case EXTERNAL -> {
          if (isThere(image, named, external)) {
            addBlob(transaction, image, named.digest(), now);
          } else {
            links.removeStale(image, named.digest(), external);
            LayerLinks.await(transaction, image, named.digest());
          }
        }
      }
    }
  }

  /** What there is of the external layers among some, as it is now. */
  private Map<Key, Item> external(RepositoryName image, List<Named> some) {
    return table.outlines(
        some.stream()
            .filter(named -> named.kind() == Kind.EXTERNAL)
            .flatMap(named -> keys(image, named).stream())
            .toList());
  }

  private static void addBlob(
      Transaction transaction, RepositoryName image, Digest blob, Instant now) {
    transaction
        .update(
            Key.layer(blob),
            "SET #references = #references + :one, #used = :now",
            Table.PRESENT,
            Map.of(":one", Item.value(1), ":now", Item.value(now)))
        .update(
            Key.link(image, blob),
            "SET #manifests = if_not_exists(#manifests, :none) + :one",
            LayerLinks.LINKED,
            Map.of(":none", Item.value(0), ":one", Item.value(1)));
  }

  /** A manifest names these no more. */
  void takeOff(
      Transaction transaction, RepositoryName image, Manifest by, List<Named> some, Instant now) {
    Map<Key, Item> external = external(image, some);
    for (Named named : some) {
      switch (named.kind()) {
        case MANIFEST -> transaction.delete(Key.named(image, named.digest(), by.digest()));
        case BLOB -> takeOffBlob(transaction, image, named.digest(), now);
        case EXTERNAL -> {
          if (isThere(image, named, external)) {
            takeOffBlob(transaction, image, named.digest(), now);
          } else {
            links.awaitNoMore(transaction, image, named.digest());
          }
        }
      }
    }
  }

  private static void takeOffBlob(
      Transaction transaction, RepositoryName image, Digest blob, Instant now) {
    transaction
        .update(
            Key.layer(blob),
            "SET #references = #references - :one, #used = :now",
            "#references >= :one",
            Map.of(":one", Item.value(1), ":now", Item.value(now)))
        .update(
            Key.link(image, blob),
            "SET #manifests = #manifests - :one",
            LayerLinks.LINKED + " AND #manifests >= :one",
            Map.of(":one", Item.value(1)));
  }

  private static List<Digest> distinct(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).distinct().toList();
  }
}
