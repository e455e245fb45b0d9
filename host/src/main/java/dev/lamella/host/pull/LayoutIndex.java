package dev.lamella.host.pull;

import dev.lamella.core.Reference;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ImageName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * An index with this image in it.
   *
   * @param before the index as it is, whose other images stay; what was called the same goes, and
   *     what had the same tag keeps its whole name alone
   */
  static byte[] with(Optional<JsonNode> before, ImageName name, Manifest manifest) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", ManifestReader.OCI_INDEX);
    before.ifPresent(json -> json.forEachEntry(index::put));
    List<Object> manifests = new ArrayList<>();
    before.ifPresent(
        json ->
            json.path("manifests")
                .forEach(
                    entry -> {
                      if (!isReplaced(entry, name, manifest)) {
                        manifests.add(isOfTag(entry, name) ? untagged(entry) : entry);
                      }
                    }));
    manifests.add(descriptor(name, manifest));
    index.put("manifests", manifests);
    return Json.write(index);
  }

  private static boolean isReplaced(JsonNode entry, ImageName name, Manifest manifest) {
    String tag = annotation(entry, REF_NAME);
    String whole = annotation(entry, IMAGE_NAME);
    boolean isSame = entry.path("digest").asString("").equals(manifest.digest().toString());
    return switch (name.reference()) {
      // Lamella once wrote the whole name as the tag.
      case Reference.Tag _ ->
          whole.equals(name.toString())
              || tag.equals(name.toString())
              || (isSame && isOfTag(entry, name) && whole.isEmpty());
      case Reference.ByDigest _ -> isSame && tag.isEmpty() && whole.isEmpty();
    };
  }

  private static boolean isOfTag(JsonNode entry, ImageName name) {
    return name.reference() instanceof Reference.Tag tag
        && annotation(entry, REF_NAME).equals(tag.toString());
  }

  private static JsonNode untagged(JsonNode entry) {
    ObjectNode changed = entry.deepCopy().asObject();
    changed.path("annotations").asObject().remove(REF_NAME);
    return changed;
  }

  private static String annotation(JsonNode entry, String name) {
    return entry.path("annotations").path(name).asString("");
  }

  private static Map<String, Object> descriptor(ImageName name, Manifest manifest) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", manifest.mediaType());
    descriptor.put("digest", manifest.digest().toString());
    descriptor.put("size", manifest.size());
    if (name.reference() instanceof Reference.Tag tag) {
      Map<String, String> names = new TreeMap<>();
      names.put(IMAGE_NAME, name.toString());
      names.put(REF_NAME, tag.toString());
      descriptor.put("annotations", names);
    }
    return descriptor;
  }
}
