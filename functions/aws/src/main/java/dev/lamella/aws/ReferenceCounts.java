package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** How many manifests name a layer: steps of transactions that count them. */
final class ReferenceCounts {
  /** Steps of a transaction that are kept for the manifest itself, its tag and the like. */
  private static final int OWN_STEPS = 10;

  private static final int ROOM = Transaction.MOST_STEPS - OWN_STEPS;

  /**
   * A blob takes two steps: its count, and that of its link, without which the image may not read
   * it.
   */
  static final int MOST_BLOBS = ROOM / 2;

  private final Table table;

  ReferenceCounts(Table table) {
    this.table = table;
  }

  /** The manifest's blobs, each once, in an order that is always the same. */
  static List<Digest> blobs(Manifest manifest) {
    return distinct(manifest.blobs());
  }

  /** Whether one transaction is enough to check and count all that the manifest names. */
  static boolean fit(Manifest manifest) {
    return 2 * blobs(manifest).size() + distinct(manifest.manifests()).size() <= ROOM;
  }

  /** What the manifest names and the image has not. */
  Set<Digest> missing(RepositoryName image, Manifest manifest) {
    List<Digest> blobs = blobs(manifest);
    List<Digest> manifests = distinct(manifest.manifests());
    Stream<Key> keys =
        Stream.concat(
            blobs.stream().flatMap(blob -> Stream.of(Key.layer(blob), Key.link(image, blob))),
            manifests.stream().map(child -> Key.manifest(image, child)));
    Set<Key> present = table.present(keys.toList());
    Set<Digest> missing = new HashSet<>();
    blobs.stream()
        .filter(
            blob -> !present.contains(Key.layer(blob)) || !present.contains(Key.link(image, blob)))
        .forEach(missing::add);
    manifests.stream()
        .filter(child -> !present.contains(Key.manifest(image, child)))
        .forEach(missing::add);
    return missing;
  }

  /** Counts one more manifest for each blob, under the condition that the image may read it. */
  void add(Transaction transaction, RepositoryName image, List<Digest> blobs, Instant now) {
    for (Digest blob : blobs) {
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
  }

  /** Counts one manifest less for each blob, of all manifests and of those of the image. */
  void takeOff(Transaction transaction, RepositoryName image, List<Digest> blobs, Instant now) {
    for (Digest blob : blobs) {
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
  }

  /**
   * Makes it the transaction's condition that the manifests that an index names are there; of those
   * that are too many, the rest is as {@link #missing} saw it.
   */
  void requireManifests(Transaction transaction, RepositoryName image, Manifest manifest) {
    distinct(manifest.manifests()).stream()
        .limit(Transaction.MOST_STEPS - transaction.size())
        .forEach(child -> transaction.require(Key.manifest(image, child)));
  }

  private static List<Digest> distinct(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).distinct().toList();
  }
}
