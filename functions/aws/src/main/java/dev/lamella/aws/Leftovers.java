package dev.lamella.aws;

import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What puts and deletions of manifests that died left behind: edges that lead nowhere, bytes of
 * large manifests, entries of images without a manifest. Each was written under an id of its own or
 * is removed under a condition, so that nothing that somebody needs is hit.
 */
final class Leftovers {
  /** In a cursor: the rest is of the objects in S3, which come after the table. */
  private static final String OBJECTS = "objects ";

  private final Table table;
  private final LargeManifests large;
  private final ImageEntries entries;
  private final Edges edges;

  Leftovers(Table table, LargeManifests large, ImageEntries entries) {
    this.table = table;
    this.large = large;
    this.entries = entries;
    this.edges = new Edges(table);
  }

  Page<String> page(Instant before, Optional<String> cursor, int limit, boolean remove) {
    return cursor
        .filter(at -> at.startsWith(OBJECTS))
        .map(at -> objects(before, at.substring(OBJECTS.length()), limit, remove))
        .orElseGet(() -> items(before, cursor, limit, remove));
  }

  private Page<String> items(Instant before, Optional<String> cursor, int limit, boolean remove) {
    Page<Item> page =
        table.scan(
            new Table.Filter(
                "begins_with(SK, :edges) OR (begins_with(PK, :images) AND SK = :image)",
                Map.of(
                    ":edges", Item.value(Key.EDGES),
                    ":images", Item.value(Key.IMAGES),
                    ":image", Item.value(Key.IMAGE))),
            cursor,
            limit);
    Predicate<Item> isEdge = item -> item.text("SK").startsWith(Key.EDGES);
    List<Key> dead = edges.dead(page.items().stream().filter(isEdge).toList(), before);
    if (remove) {
      table.delete(dead);
    }
    List<String> found = new ArrayList<>();
    dead.forEach(edge -> found.add("edge " + edge.sort() + " of " + edge.partition()));
    page.items().stream()
        .filter(isEdge.negate())
        .map(Key::imageOf)
        .filter(image -> remove ? entries.leave(image) : !entries.exists(image))
        .forEach(image -> found.add("entry of image " + image));
    return new Page<>(found, Optional.of(page.next().orElse(OBJECTS)));
  }

  private Page<String> objects(Instant before, String after, int limit, boolean remove) {
    Page<String> page = large.list(before, after, limit);
    List<String> dead = page.items().stream().filter(object -> !isOfManifest(object)).toList();
    if (remove) {
      dead.forEach(large::delete);
    }
    return new Page<>(
        dead.stream().map(object -> "object " + object).toList(), page.next().map(OBJECTS::concat));
  }

  private boolean isOfManifest(String object) {
    LargeManifests.Name name = LargeManifests.Name.of(object);
    return table
        .get(Key.manifest(name.image(), name.digest()))
        .map(manifest -> manifest.find("object").equals(Optional.of(object)))
        .orElse(false);
  }
}
