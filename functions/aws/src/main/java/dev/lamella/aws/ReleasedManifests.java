package dev.lamella.aws;

import dev.lamella.aws.ReferenceCounts.Named;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Manifests of which a deletion took the last tag, the index that named them or their subject, in
 * the secondary index under {@code RELEASED}, by time. One that an index names, as an item {@code
 * NAMED#} says, or whose subject is there is left out when they are listed.
 *
 * <p>{@code moves} of a manifest's item counts whatever leads to it anew, and the tags that are
 * taken from it. As the condition of a transaction, it says that what was read since is still so.
 */
final class ReleasedManifests {
  private static final String INDEX = "RELEASED";

  /** At once: what a transaction takes, and what an {@code IN} does. */
  private static final int MOST = 100;

  private final Table table;

  ReleasedManifests(Table table) {
    this.table = table;
  }

  /** The manifest, which has to be there, is put: it is not released any more. */
  static void keep(Transaction transaction, RepositoryName image, Digest manifest) {
    move(transaction, image, manifest, " REMOVE #IPK, #ISK");
  }

  /**
   * An index names the manifest, which has to be there. Where it is released, it stays so, but is
   * not listed for as long as it is named: should the index not become visible, nothing has
   * changed.
   */
  static void name(Transaction transaction, RepositoryName image, Digest manifest) {
    move(transaction, image, manifest, "");
  }

  private static void move(
      Transaction transaction, RepositoryName image, Digest manifest, String change) {
    transaction.update(
        Key.manifest(image, manifest),
        "SET #moves = #moves + :one" + change,
        Table.PRESENT,
        Map.of(":one", Item.value(1)));
  }

  /** A tag is taken from a manifest, which is released where that was its last. */
  static void leave(Transaction transaction, Item manifest, boolean wasLast, Instant now) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":one", Item.value(1));
    values.put(":moves", manifest.get("moves"));
    if (wasLast) {
      values.put(":released", Item.value(INDEX));
      values.put(":now", Item.value(now));
    }
    transaction.update(
        Key.of(manifest),
        "SET #moves = #moves + :one" + (wasLast ? ", #IPK = :released, #ISK = :now" : ""),
        "#moves = :moves",
        values);
  }

  /**
   * A manifest is about to be deleted: of those that it names, and whose subject it is, releases
   * those that have no tag. They are listed once nothing leads to them any more, so that nothing
   * has changed where it stays; and who puts one of them after this keeps it.
   *
   * @return false where some have changed since they were read: try again
   */
  boolean release(RepositoryName image, Manifest leading, Instant now) {
    List<Digest> named =
        ReferenceCounts.named(leading).stream()
            .filter(Named::isManifest)
            .map(Named::digest)
            .toList();
    for (int from = 0; from < named.size(); from += MOST) {
      if (!release(image, named.subList(from, Math.min(named.size(), from + MOST)), now)) {
        return false;
      }
    }
    String all = Key.referrers(leading.digest());
    List<Digest> about = referrers(image, all, all);
    while (!about.isEmpty()) {
      if (!release(image, about, now)) {
        return false;
      }
      about = referrers(image, all, all + about.getLast() + Key.FIRST);
    }
    return true;
  }

  private List<Digest> referrers(RepositoryName image, String all, String from) {
    return table.query(Key.image(image).partition(), from, all + Key.LAST, MOST).stream()
        .map(item -> Digest.parse(item.text("digest")))
        .toList();
  }

  private boolean release(RepositoryName image, List<Digest> manifests, Instant now) {
    List<Item> there =
        table.getAll(manifests.stream().map(digest -> Key.manifest(image, digest)).toList());
    Set<Key> tagged =
        tags(image, manifests, Integer.MAX_VALUE).stream()
            .map(tag -> Key.manifest(image, Digest.parse(tag.text("digest"))))
            .collect(Collectors.toSet());
    Transaction transaction = table.transaction();
    there.stream()
        .filter(manifest -> !tagged.contains(Key.of(manifest)))
        .forEach(manifest -> leave(transaction, manifest, true, now));
    return transaction.size() == 0 || transaction.commit().isEmpty();
  }

  /** Items of tags that point to any of the manifests, which are at most {@link #MOST}. */
  List<Item> tags(RepositoryName image, Collection<Digest> manifests, int limit) {
    Map<String, AttributeValue> values = new LinkedHashMap<>();
    manifests.forEach(
        digest -> values.put(":digest" + values.size(), Item.value(digest.toString())));
    return table.query(
        Key.image(image).partition(),
        Key.TAGS,
        Key.TAGS + Key.LAST,
        new Table.Filter("#digest IN (" + String.join(", ", values.keySet()) + ")", values),
        limit);
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

  /** Whether an index or its subject leads to a manifest. */
  private boolean isLed(Item manifest) {
    RepositoryName image = Key.imageOf(manifest);
    String naming = Key.naming(Key.digestOfManifest(manifest));
    return !table.query(Key.image(image).partition(), naming, naming + Key.LAST, 1).isEmpty()
        || subject(manifest).map(table::has).orElse(false);
  }

  /** Where the subject of a manifest is, if it is there. */
  static Optional<Key> subject(Item manifest) {
    return manifest
        .find("subject")
        .map(subject -> Key.manifest(Key.imageOf(manifest), Digest.parse(subject)));
  }
}
