package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  ReferenceCounts(Table table) {
    this.table = table;
  }

  /** A blob or, in an index, a manifest that a manifest names. */
  record Named(Digest digest, boolean isManifest) {}

  /** All that the manifest names, each once, in an order that is always the same. */
  static List<Named> named(Manifest manifest) {
    return Stream.concat(
            distinct(manifest.blobs()).stream().map(blob -> new Named(blob, false)),
            distinct(manifest.manifests()).stream().map(child -> new Named(child, true)))
        .toList();
  }

  /** Whether one transaction is enough for all that the manifest names. */
  static boolean fit(Manifest manifest) {
    return named(manifest).size() <= MOST;
  }

  /** What the manifest names and the image has not. */
  Set<Digest> missing(RepositoryName image, Manifest manifest) {
    Map<Digest, List<Key>> keys =
        named(manifest).stream()
            .collect(
                Collectors.toMap(
                    Named::digest, named -> keys(image, named), ReferenceCounts::both));
    Set<Key> present = table.present(keys.values().stream().flatMap(List::stream).toList());
    return keys.entrySet().stream()
        .filter(entry -> !present.containsAll(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static List<Key> keys(RepositoryName image, Named named) {
    return named.isManifest()
        ? List.of(Key.manifest(image, named.digest()))
        : List.of(Key.layer(named.digest()), Key.link(image, named.digest()));
  }

  private static List<Key> both(List<Key> one, List<Key> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  /** A manifest names these, all of which the image has to have. */
  static void add(
      Transaction transaction, RepositoryName image, Manifest by, List<Named> some, Instant now) {
    for (Named named : some) {
      if (named.isManifest()) {
        ReleasedManifests.name(transaction, image, named.digest());
        transaction.put(Item.at(Key.named(image, named.digest(), by.digest())));
      } else {
        addBlob(transaction, image, named.digest(), now);
      }
    }
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
            Table.PRESENT,
            Map.of(":none", Item.value(0), ":one", Item.value(1)));
  }

  /** A manifest names these no more. */
  static void takeOff(
      Transaction transaction, RepositoryName image, Manifest by, List<Named> some, Instant now) {
    for (Named named : some) {
      if (named.isManifest()) {
        transaction.delete(Key.named(image, named.digest(), by.digest()));
      } else {
        takeOffBlob(transaction, image, named.digest(), now);
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
            "#manifests >= :one",
            Map.of(":one", Item.value(1)));
  }

  private static List<Digest> distinct(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).distinct().toList();
  }
}
