package dev.lamella.host.pull;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes an OCI layout's {@code index.json} and {@code oci-layout}, always the same for the same.
 */
final class LayoutIndex {
  static final byte[] OCI_LAYOUT =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

  /** What tools select an image of a layout by: its tag. */
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** What containerd and Docker import an image as: its whole name. */
  private static final String IMAGE_NAME = "io.containerd.image.name";

  private LayoutIndex() {}

  /**
   * What is named in an index.
   *
   * @param tag what tools select it by
   * @param whole what it is imported as
   */
  private record Named(Manifest manifest, Optional<Tag> tag, Optional<String> whole) {}

  /**
   * An index with this image in it, and what refers to it.
   *
   * @param before the index as it is, whose other images stay; what was called the same goes, and
   *     what had the same tag keeps its whole name alone
   * @param lists of what refers to manifests
   */
  static byte[] with(Optional<JsonNode> before, PulledImage image, Map<Tag, Manifest> lists) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", ManifestReader.OCI_INDEX);
    before.ifPresent(json -> json.forEachEntry(index::put));
    List<Named> added = added(image, lists);
    List<Object> manifests = new ArrayList<>();
    before.ifPresent(
        json ->
            json.path("manifests").forEach(entry -> kept(entry, added).ifPresent(manifests::add)));
    added.forEach(named -> manifests.add(descriptor(named)));
    index.put("manifests", manifests);
    return Json.write(index);
  }

  /** What an index names by a tag. */
  static Optional<JsonNode> tagged(JsonNode index, Tag tag) {
    return index
        .path("manifests")
        .valueStream()
        .filter(entry -> annotation(entry, REF_NAME).equals(tag.value()))
        .findFirst();
  }

  private static List<Named> added(PulledImage image, Map<Tag, Manifest> lists) {
    List<Named> added = new ArrayList<>();
    added.add(
        switch (image.name().reference()) {
          case Tag tag ->
              new Named(image.root(), Optional.of(tag), Optional.of(image.name().toString()));
          case Reference.ByDigest _ -> new Named(image.root(), Optional.empty(), Optional.empty());
        });
    Map<Digest, Manifest> known = new HashMap<>();
    image.all().forEach(manifest -> known.put(manifest.digest(), manifest));
    image
        .referring()
        .tags()
        .forEach(
            (tag, digest) -> added.add(attached(tag, Objects.requireNonNull(known.get(digest)))));
    lists.forEach((tag, list) -> added.add(attached(tag, list)));
    return added;
  }

  private static Named attached(Tag tag, Manifest manifest) {
    return new Named(manifest, Optional.of(tag), Optional.empty());
  }

  /** What stays of an entry; nothing where another takes its place. */
  private static Optional<JsonNode> kept(JsonNode entry, List<Named> added) {
    if (added.stream().anyMatch(named -> isReplaced(entry, named))) {
      return Optional.empty();
    }
    return Optional.of(
        added.stream().anyMatch(named -> isOfTag(entry, named)) ? untagged(entry) : entry);
  }

  private static boolean isReplaced(JsonNode entry, Named named) {
    String tag = annotation(entry, REF_NAME);
    String whole = annotation(entry, IMAGE_NAME);
    boolean isSame = isSame(entry, named);
    if (named.tag().isEmpty()) {
      return isSame && tag.isEmpty() && whole.isEmpty();
    }
    if (named.whole().isEmpty()) {
      return isOfTag(entry, named) && whole.isEmpty();
    }
    String name = named.whole().get();
    // Lamella once wrote the whole name as the tag.
    return whole.equals(name)
        || tag.equals(name)
        || (isSame && isOfTag(entry, named) && whole.isEmpty());
  }

  private static boolean isSame(JsonNode entry, Named named) {
    return entry.path("digest").asString("").equals(named.manifest().digest().toString());
  }

  private static boolean isOfTag(JsonNode entry, Named named) {
    return named.tag().filter(tag -> annotation(entry, REF_NAME).equals(tag.value())).isPresent();
  }

  private static JsonNode untagged(JsonNode entry) {
    ObjectNode changed = entry.deepCopy().asObject();
    changed.path("annotations").asObject().remove(REF_NAME);
    return changed;
  }

  private static String annotation(JsonNode entry, String name) {
    return entry.path("annotations").path(name).asString("");
  }

  private static Map<String, Object> descriptor(Named named) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", named.manifest().mediaType());
    descriptor.put("digest", named.manifest().digest().toString());
    descriptor.put("size", named.manifest().size());
    Map<String, String> names = new TreeMap<>();
    named.whole().ifPresent(whole -> names.put(IMAGE_NAME, whole));
    named.tag().ifPresent(tag -> names.put(REF_NAME, tag.value()));
    if (!names.isEmpty()) {
      descriptor.put("annotations", names);
    }
    return descriptor;
  }
}
