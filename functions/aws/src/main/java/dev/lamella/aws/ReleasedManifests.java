package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Manifests that no tag leads to any more, in the secondary index under {@code RELEASED}, by time.
 * One that an index names is left out when they are listed: an item {@code NAMED#} says so.
 *
 * <p>{@code moves} of a manifest's item counts whatever leads to it anew, and the tags that are
 * taken from it. As the condition of a transaction, it says that what was read since is still so.
 */
final class ReleasedManifests {
  private static final String INDEX = "RELEASED";

  private final Table table;

  ReleasedManifests(Table table) {
    this.table = table;
  }

  /** Something leads to the manifest, which has to be there. */
  static void keep(Transaction transaction, RepositoryName image, Digest manifest) {
    transaction.update(
        Key.manifest(image, manifest),
        "SET #moves = #moves + :one REMOVE #IPK, #ISK",
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

  /** The index that named them goes: releases those of the manifests that have no tag. */
  void release(
      Transaction transaction, RepositoryName image, Collection<Digest> manifests, Instant now) {
    if (manifests.isEmpty()) {
      return;
    }
    List<Item> there =
        table.getAll(manifests.stream().map(digest -> Key.manifest(image, digest)).toList());
    Set<Key> tagged =
        tags(image).stream()
            .map(tag -> Key.manifest(image, Digest.parse(tag.text("digest"))))
            .collect(Collectors.toSet());
    there.stream()
        .filter(manifest -> !tagged.contains(Key.of(manifest)))
        .forEach(manifest -> leave(transaction, manifest, true, now));
  }

  /** The items of all tags of an image. */
  List<Item> tags(RepositoryName image) {
    return table.query(
        Key.image(image).partition(), Key.TAGS, Key.TAGS + Key.LAST, Integer.MAX_VALUE);
  }

  Page<Released> page(Instant before, Optional<String> cursor, int limit) {
    Page<Item> page =
        table.pageIndex(INDEX, Item.sortable(before), Optional.empty(), cursor, limit);
    return new Page<>(
        page.items().stream()
            .map(ReleasedManifests::read)
            .filter(released -> !isNamed(released.image(), released.manifest()))
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
        .filter(_ -> !isNamed(released.image(), released.manifest()));
  }

  private boolean isNamed(RepositoryName image, Digest manifest) {
    String all = Key.naming(manifest);
    return !table.query(Key.image(image).partition(), all, all + Key.LAST, 1).isEmpty();
  }
}
