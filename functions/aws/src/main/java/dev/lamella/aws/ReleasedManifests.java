package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Manifests of which a deletion took the last tag, the index that named them or their subject, in
 * the secondary index under {@code RELEASED}, by time. One that an index names or whose subject is
 * there is left out when they are listed.
 */
final class ReleasedManifests {
  private static final String INDEX = "RELEASED";
  private static final int PAGE = 100;

  /** Condition of a write: the manifest is the one that was read, and nothing touched it since. */
  static final String UNTOUCHED = "#id = :id AND " + NamedThings.UNTOUCHED;

  private final Table table;
  private final Tags tags;
  private final Edges edges;

  ReleasedManifests(Table table) {
    this.table = table;
    this.tags = new Tags(table);
    this.edges = new Edges(table);
  }

  static Map<String, AttributeValue> untouched(Item manifest) {
    return Map.of(":id", manifest.get("id"), ":touched", manifest.get("touched"));
  }

  /** A step: the manifest, which has to be there, is put, and is not released any more. */
  static void keep(Transaction transaction, RepositoryName image, Digest manifest) {
    transaction.update(
        Key.manifest(image, manifest),
        "SET " + NamedThings.TOUCH + " REMOVE #IPK, #ISK",
        Table.PRESENT,
        NamedThings.values());
  }

  /** A step: a tag is taken from a manifest, which is released where that was its last. */
  static void leave(Transaction transaction, Item manifest, boolean wasLast, Instant now) {
    transaction.update(
        Key.of(manifest), leaving(wasLast), UNTOUCHED, leaving(manifest, wasLast, now));
  }

  private static String leaving(boolean isReleased) {
    return "SET " + NamedThings.TOUCH + (isReleased ? ", #IPK = :released, #ISK = :now" : "");
  }

  private static Map<String, AttributeValue> leaving(
      Item manifest, boolean isReleased, Instant now) {
    Map<String, AttributeValue> values = new HashMap<>(untouched(manifest));
    values.putAll(NamedThings.values());
    if (isReleased) {
      values.put(":released", Item.value(INDEX));
      values.put(":now", Item.value(now));
    }
    return values;
  }

  /**
   * A manifest is about to be deleted: of those that it names, and whose subject it is, releases
   * those that have no tag. They are listed once nothing leads to them any more, so that nothing
   * has changed where it stays; and who puts one of them after this keeps it.
   *
   * @return false where some have changed since they were read: try again
   */
  boolean release(RepositoryName image, Manifest leading, Instant now) {
    for (Named named : Named.by(leading)) {
      if (named.isManifest() && !release(image, named.digest(), now)) {
        return false;
      }
    }
    String all = Key.referrers(leading.digest());
    String from = all;
    List<Item> about;
    do {
      about = table.query(Key.image(image).partition(), from, all + Key.LAST, PAGE);
      for (Item referrer : about) {
        if (!release(image, Digest.parse(referrer.text("digest")), now)) {
          return false;
        }
        from = referrer.text("SK") + Key.FIRST;
      }
    } while (about.size() == PAGE);
    return true;
  }

  private boolean release(RepositoryName image, Digest digest, Instant now) {
    Optional<Item> manifest = table.get(Key.manifest(image, digest));
    return manifest.isEmpty()
        || !tags.of(image, digest, 1).isEmpty()
        || table.update(
            Key.of(manifest.get()), leaving(true), UNTOUCHED, leaving(manifest.get(), true, now));
  }

  Page<Released> page(Instant before, Optional<String> cursor, int limit) {
    Page<Item> page =
        table.pageIndex(INDEX, Item.sortable(before), Optional.empty(), cursor, limit);
    return new Page<>(
        page.items().stream()
            .filter(manifest -> !isLed(manifest))
            .map(ReleasedManifests::read)
            .toList(),
        page.next());
  }

  private static Released read(Item item) {
    return new Released(
        Key.imageOf(item), Key.digestOfManifest(item), Instant.parse(item.text("ISK")));
  }

  /** The item of a manifest that has been released all the time. */
  Optional<Item> find(Released released) {
    return table
        .get(Key.manifest(released.image(), released.manifest()))
        .filter(item -> item.find("ISK").equals(Optional.of(Item.sortable(released.since()))))
        .filter(item -> !isLed(item));
  }

  /**
   * Whether an index or its subject leads to a released manifest. It was released longer ago than a
   * put takes: what was put before, and does not lead to it yet, never will.
   */
  private boolean isLed(Item manifest) {
    return edges.leadTo(
            Key.imageOf(manifest),
            Key.digestOfManifest(manifest),
            Instant.parse(manifest.text("ISK")))
        || subject(manifest).map(table::has).orElse(false);
  }

  /** Where the subject of a manifest is, if it is there. */
  private static Optional<Key> subject(Item manifest) {
    return manifest
        .find("subject")
        .map(subject -> Key.manifest(Key.imageOf(manifest), Digest.parse(subject)));
  }
}
