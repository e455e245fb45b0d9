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

/**
 * Counts a manifest's references to its layers: in the transaction that makes the manifest visible,
 * or, where they are too many for one, some at a time before it.
 *
 * <p>Then an item {@code PENDING#<manifest>} says how many of the manifest's blobs, in the
 * manifest's order, are counted. Each transaction that counts some moves that number on, under the
 * condition that it is still what it was and that the manifest is not there yet; the last one
 * deletes the item under the same condition, and makes the manifest visible. So each blob is
 * counted once, however often it is tried and by however many at once. A crash in between leaves
 * layers counted for a manifest that is not there: they are kept too long, never collected too
 * early. Trying again goes on from there. Where nobody does, the item is found in the secondary
 * index under {@code PENDING}, by time, and the manifest's bytes, which are in S3 by then, name
 * what to take back.
 */
final class ReferenceCounts {
  /** Steps of a transaction that are kept for the manifest itself, its tag and the like. */
  private static final int OWN_STEPS = 10;

  /** A blob takes two steps: its count, and the check that the image may read it. */
  private static final int MOST_BLOBS = (Transaction.MOST_STEPS - OWN_STEPS) / 2;

  private final Table table;

  ReferenceCounts(Table table) {
    this.table = table;
  }

  /** What the manifest names and the image has not. */
  Set<Digest> missing(RepositoryName image, Manifest manifest) {
    List<Digest> blobs = distinct(manifest.blobs());
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

  /** Whether one transaction is enough. */
  boolean fit(Manifest manifest) {
    int steps = 2 * distinct(manifest.blobs()).size() + distinct(manifest.manifests()).size();
    return steps <= Transaction.MOST_STEPS - OWN_STEPS;
  }

  /**
   * Adds to the transaction that makes the manifest visible what counts its references. Of an index
   * that names more manifests than a transaction can check, the rest is as {@link #missing} saw it.
   *
   * @return false where others were in the way: try again
   */
  boolean count(Transaction last, RepositoryName image, Manifest manifest, Instant now) {
    List<Digest> blobs = distinct(manifest.blobs());
    if (fit(manifest)) {
      add(last, image, blobs, now);
    } else if (!blobs.isEmpty()) {
      if (!countBefore(image, manifest, blobs, now)) {
        return false;
      }
      last.delete(
          Key.pending(image, manifest.digest()),
          "#counted = :all",
          Map.of(":all", Item.value(blobs.size())));
    }
    distinct(manifest.manifests()).stream()
        .limit(Transaction.MOST_STEPS - last.size())
        .forEach(child -> last.require(Key.manifest(image, child)));
    return true;
  }

  private boolean countBefore(
      RepositoryName image, Manifest manifest, List<Digest> blobs, Instant now) {
    Key pending = Key.pending(image, manifest.digest());
    int counted = table.get(pending).map(item -> (int) item.number("counted")).orElse(0);
    while (counted < blobs.size()) {
      int next = Math.min(blobs.size(), counted + MOST_BLOBS);
      // Without the manifest in the way, a late racer would begin anew after the item's deletion.
      Transaction transaction =
          table.transaction().requireAbsent(Key.manifest(image, manifest.digest()));
      if (counted == 0) {
        transaction.putNew(
            Item.at(pending)
                .indexed("PENDING", Item.sortable(now))
                .with("image", image.value())
                .with("mediaType", manifest.mediaType())
                .with("counted", next));
      } else {
        transaction.update(
            pending,
            "SET #counted = :next",
            "#counted = :counted",
            Map.of(":next", Item.value(next), ":counted", Item.value(counted)));
      }
      add(transaction, image, blobs.subList(counted, next), now);
      if (!transaction.commit().isEmpty()) {
        return false;
      }
      counted = next;
    }
    return true;
  }

  private static void add(
      Transaction transaction, RepositoryName image, List<Digest> blobs, Instant now) {
    for (Digest blob : blobs) {
      transaction
          .update(
              Key.layer(blob),
              "SET #references = #references + :one, #used = :now",
              Table.PRESENT,
              Map.of(":one", Item.value(1), ":now", Item.value(now)))
          .require(Key.link(image, blob));
    }
  }

  private static List<Digest> distinct(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).distinct().toList();
  }
}
