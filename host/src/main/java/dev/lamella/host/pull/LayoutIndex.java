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
import tools.jackson.databind.JsonNode;

/**
 * Writes an OCI layout's {@code index.json} and {@code oci-layout}, always the same for the same.
 */
final class LayoutIndex {
  static final byte[] OCI_LAYOUT =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private LayoutIndex() {}

  /**
   * An index with this image in it.
   *
   * @param before the index as it is, whose other images stay; what was called the same goes
   */
  static byte[] with(Optional<JsonNode> before, ImageName name, Manifest manifest) {
    Optional<String> called =
        switch (name.reference()) {
          case Reference.Tag _ -> Optional.of(name.toString());
          case Reference.ByDigest _ -> Optional.empty();
        };
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
                      if (!isReplaced(entry, called, manifest)) {
                        manifests.add(entry);
                      }
                    }));
    manifests.add(descriptor(called, manifest));
    index.put("manifests", manifests);
    return Json.write(index);
  }

  private static boolean isReplaced(JsonNode entry, Optional<String> called, Manifest manifest) {
    String name = entry.path("annotations").path(REF_NAME).asString("");
    return called
        .map(name::equals)
        .orElse(
            name.isEmpty()
                && entry.path("digest").asString("").equals(manifest.digest().toString()));
  }

  private static Map<String, Object> descriptor(Optional<String> called, Manifest manifest) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", manifest.mediaType());
    descriptor.put("digest", manifest.digest().toString());
    descriptor.put("size", manifest.bytes().length);
    called.ifPresent(name -> descriptor.put("annotations", Map.of(REF_NAME, name)));
    return descriptor;
  }
}
