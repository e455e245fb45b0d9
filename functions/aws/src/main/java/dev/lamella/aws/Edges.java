package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What manifests name. An edge is an item under the thing named, a layer or another manifest of the
 * image, and has in its key which manifest names it and which put wrote it. It leads there where
 * that manifest is visible, by that put. Its protocol: docs/upkeep.md.
 *
 * <p>A put writes its edges before its manifest is visible. So one that does not lead may yet, for
 * as long as a put can take; after that it never will, since each put has an id of its own.
 */
final class Edges {
  private static final int PAGE = 100;
  private static final String ID = "id";
  private static final String SINCE = "since";
  private static final String EXTERNAL = "external";

  private final Table table;

  Edges(Table table) {
    this.table = table;
  }

  /**
   * @param put whose edges they are, an id that no other put has
   */
  void add(RepositoryName image, Manifest manifest, LayerId put, Instant now) {
    table.put(
        Named.by(manifest).stream()
            .map(named -> edge(image, named, manifest.digest(), put).with(SINCE, now))
            .toList());
  }

  private static Item edge(RepositoryName image, Named named, Digest by, LayerId put) {
    Item edge = Item.at(key(image, named, by, put)).with(ID, put.value());
    return named.kind() == Named.Kind.EXTERNAL ? edge.with(EXTERNAL, 1) : edge;
  }

  private static Key key(RepositoryName image, Named named, Digest by, LayerId put) {
    return named.isManifest()
        ? Key.edge(image, named.digest(), by, put)
        : Key.edge(named.digest(), image, by, put);
  }

  /** Removes the edges of a put that did not, or no longer, make the manifest visible. */
  void remove(RepositoryName image, Manifest manifest, LayerId put) {
    table.delete(
        Named.by(manifest).stream()
            .map(named -> key(image, named, manifest.digest(), put))
            .toList());
  }

  /**
   * Whether a manifest of any image names a layer.
   *
   * @param since a put that began then, or later, may still be at work: its edges lead
   */
  boolean leadTo(Digest layer, Instant since) {
    return leadTo(Key.layer(layer).partition(), Key.EDGES, since);
  }

  /** The same, of one image. */
  boolean leadTo(Digest layer, RepositoryName image, Instant since) {
    return leadTo(Key.layer(layer).partition(), Key.EDGES + image + "#", since);
  }

  /** Whether an index of the image names a manifest; {@code since} as for layers. */
  boolean leadTo(RepositoryName image, Digest manifest, Instant since) {
    return leadTo(Key.image(image).partition(), Key.EDGES + manifest + "#", since);
  }

  /** Whether a manifest of the image that is there names a layer, also one that it has not. */
  boolean areThere(Digest layer, RepositoryName image) {
    return any(
        Key.layer(layer).partition(),
        Key.EDGES + image + "#",
        page -> !withManifest(page, sources(page.stream())).isEmpty());
  }

  private boolean leadTo(String partition, String prefix, Instant since) {
    return any(
        partition,
        prefix,
        page ->
            page.stream().anyMatch(edge -> !edge.time(SINCE).isBefore(since)) || anyLeads(page));
  }

  private boolean any(String partition, String prefix, Predicate<List<Item>> is) {
    String from = prefix;
    List<Item> page;
    do {
      page = table.query(partition, from, prefix + Key.LAST, PAGE);
      if (!page.isEmpty()) {
        if (is.test(page)) {
          return true;
        }
        from = page.getLast().text("SK") + Key.FIRST;
      }
    } while (page.size() == PAGE);
    return false;
  }

  /** Whether the manifest of any is there; of an external layer, and the layer is linked. */
  private boolean anyLeads(List<Item> edges) {
    Map<Key, Item> there = sources(edges.stream(), edge -> link(edge).stream());
    return withManifest(edges, there).stream()
        .anyMatch(edge -> link(edge).map(there::containsKey).orElse(true));
  }

  private Map<Key, Item> sources(Stream<Item> edges) {
    return sources(edges, _ -> Stream.empty());
  }

  private Map<Key, Item> sources(Stream<Item> edges, Function<Item, Stream<Key>> more) {
    return table.outlines(
        edges
            .flatMap(edge -> Stream.concat(Stream.of(Key.sourceOfEdge(edge)), more.apply(edge)))
            .toList());
  }

  /** Those whose manifest is there by the put that wrote them. */
  private static List<Item> withManifest(List<Item> edges, Map<Key, Item> there) {
    return edges.stream()
        .filter(
            edge ->
                Optional.ofNullable(there.get(Key.sourceOfEdge(edge)))
                    .map(manifest -> manifest.text(ID).equals(edge.text(ID)))
                    .orElse(false))
        .toList();
  }

  /** Those of the edges that were written before {@code before}, lead nowhere, and never will. */
  List<Key> dead(Collection<Item> edges, Instant before) {
    List<Item> old = edges.stream().filter(edge -> edge.time(SINCE).isBefore(before)).toList();
    Set<Key> led =
        withManifest(old, sources(old.stream())).stream().map(Key::of).collect(Collectors.toSet());
    return old.stream().map(Key::of).filter(edge -> !led.contains(edge)).toList();
  }

  /** The image's link, without which an external layer is none of the manifest's. */
  private static Optional<Key> link(Item edge) {
    return edge.has(EXTERNAL)
        ? Optional.of(
            new Key(Key.sourceOfEdge(edge).partition(), Key.LINKS + Key.digestOfLayer(edge)))
        : Optional.empty();
  }
}
