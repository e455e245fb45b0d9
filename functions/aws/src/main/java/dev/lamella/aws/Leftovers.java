package dev.lamella.aws;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.s3.model.S3Object;

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

  Page<Find> page(Instant before, Optional<String> cursor, int limit, boolean remove) {
    return cursor
        .filter(at -> at.startsWith(OBJECTS))
        .map(at -> objects(before, at.substring(OBJECTS.length()), limit, remove))
        .orElseGet(() -> items(before, cursor, limit, remove));
  }

  private Page<Find> items(Instant before, Optional<String> cursor, int limit, boolean remove) {
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
    List<Find> found = new ArrayList<>();
    dead.forEach(edge -> found.add(Find.of("edge " + edge.sort() + " of " + edge.partition(), 0)));
    page.items().stream()
        .filter(isEdge.negate())
        .map(Key::imageOf)
        .filter(image -> remove ? entries.leave(image) : !entries.exists(image))
        .forEach(image -> found.add(Find.of("entry of image " + image, 0)));
    return new Page<>(found, Optional.of(page.next().orElse(OBJECTS)));
  }

  private Page<Find> objects(Instant before, String after, int limit, boolean remove) {
    Page<S3Object> page = large.list(before, after, limit);
    List<Find> found = new ArrayList<>();
    for (S3Object object : page.items()) {
      String name = "object " + object.key();
      Optional<LargeManifests.Name> of = LargeManifests.Name.of(object.key());
      if (of.isEmpty()) {
        String foreign = "object " + quoted(object.key());
        found.add(Find.kept(foreign, foreign + ": this is no name of a manifest's object"));
      } else if (!isOfManifest(of.get())) {
        if (remove) {
          large.delete(object.key());
        }
        found.add(Find.of(name, object.size()));
      }
    }
    return new Page<>(found, page.next().map(OBJECTS::concat));
  }

  private boolean isOfManifest(LargeManifests.Name name) {
    return table
        .get(Key.manifest(name.image(), name.digest()))
        .map(manifest -> manifest.find("object").equals(Optional.of(name.toString())))
        .orElse(false);
  }
}
