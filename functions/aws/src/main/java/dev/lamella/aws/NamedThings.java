package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Put;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The layers and manifests that a manifest names. {@code touched} of each counts its uses: whoever
 * removes it, or a link to it, does so under the condition that it was not touched since its edges
 * were read.
 */
final class NamedThings {
  /** Touches at a time: each is a short request. */
  private static final int WIDTH = 16;

  static final String TOUCH = "#touched = if_not_exists(#touched, :zero) + :one";
  static final String UNTOUCHED = "#touched = :touched";

  private final Table table;

  NamedThings(Table table) {
    this.table = table;
  }

  /** Why the manifest cannot be put as things are, if so. */
  Optional<Put> refusal(RepositoryName image, Manifest manifest) {
    List<Named> named = Named.by(manifest);
    Stream<Key> subject =
        manifest.subject().map(about -> Key.manifest(image, about.digest())).stream();
    Map<Key, Item> found =
        table.outlines(
            Stream.concat(named.stream().flatMap(each -> each.in(image).stream()), subject)
                .toList());
    Set<Digest> missing = new HashSet<>();
    named.stream()
        .filter(each -> each.kind() != Named.Kind.EXTERNAL)
        .filter(each -> !found.keySet().containsAll(each.in(image)))
        .forEach(each -> missing.add(each.digest()));
    if (!missing.isEmpty()) {
      return Optional.of(new Put.Missing(missing));
    }
    return Stream.concat(
            Stream.concat(manifest.blobs().stream(), manifest.external().stream())
                .filter(blob -> found.containsKey(Key.link(image, blob.digest())))
                .flatMap(blob -> wrongSize(blob, found.get(Key.layer(blob.digest())))),
            Stream.concat(manifest.manifests().stream(), manifest.subject().stream())
                .flatMap(child -> wrongSize(child, found.get(Key.manifest(image, child.digest())))))
        .findFirst();
  }

  private static Stream<Put> wrongSize(Descriptor named, @Nullable Item found) {
    return Stream.ofNullable(found)
        .map(item -> item.number("size"))
        .filter(size -> size != named.size())
        .map(size -> new Put.WrongSize(named, size));
  }

  /**
   * Touches all that the manifest names.
   *
   * @return false where some of it is gone that has to be there
   */
  boolean touch(RepositoryName image, Manifest manifest, Instant now) {
    List<Named> all = Named.by(manifest);
    return Parallel.map(all, WIDTH, named -> touch(image, named, now)).stream()
            .allMatch(Boolean::booleanValue)
        && areLinked(image, all);
  }

  private boolean touch(RepositoryName image, Named named, Instant now) {
    return switch (named.kind()) {
      case MANIFEST ->
          table.update(
              Key.manifest(image, named.digest()), "SET " + TOUCH, Table.PRESENT, values());
      case BLOB -> touchLayer(named.digest(), now);
      case EXTERNAL -> {
        touchLayer(named.digest(), now);
        yield true;
      }
    };
  }

  /** Read after the layers were touched: who removes a link meanwhile sees the edge, or that. */
  private boolean areLinked(RepositoryName image, List<Named> all) {
    List<Key> links =
        all.stream()
            .filter(named -> named.kind() == Named.Kind.BLOB)
            .map(named -> Key.link(image, named.digest()))
            .toList();
    return table.outlines(links).size() == links.size();
  }

  /** The manifest is about to be deleted: its layers are kept for a while from now on. */
  void leave(Manifest manifest, Instant now) {
    Parallel.map(
        Named.by(manifest).stream().filter(named -> !named.isManifest()).toList(),
        WIDTH,
        named -> touchLayer(named.digest(), now));
  }

  /**
   * Notes the use of a layer.
   *
   * @return false where it is not stored
   */
  boolean touchLayer(Digest digest, Instant now) {
    return table.update(
        Key.layer(digest),
        "SET #used = :now, " + TOUCH,
        Table.PRESENT,
        Map.of(":zero", Item.value(0), ":one", Item.value(1), ":now", Item.value(now)));
  }

  static Map<String, AttributeValue> values() {
    return Map.of(":zero", Item.value(0), ":one", Item.value(1));
  }
}
