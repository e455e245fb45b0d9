package dev.lamella.tests;

import dev.lamella.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Manifests as clients write them. */
final class ManifestText {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String INDEX = "application/vnd.oci.image.index.v1+json";
  static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
  static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private ManifestText() {}

  /** What every descriptor says that is about a text of two bytes. */
  static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

  static String image(String config, String... layers) {
    return manifest(MANIFEST, config, "", layers);
  }

  /**
   * @param more further fields, each with a comma before it
   */
  static String manifest(String mediaType, String config, String more, String... layers) {
    return """
    {"schemaVersion": 2, "mediaType": "%s", "config": %s, "layers": [%s]%s}\
    """
        .formatted(mediaType, config, String.join(", ", layers), more);
  }

  static String index(String mediaType, String... manifests) {
    return """
    {"schemaVersion": 2, "mediaType": "%s", "manifests": [%s]}\
    """
        .formatted(mediaType, String.join(", ", manifests));
  }

  static String descriptor(String mediaType, byte[] content) {
    return descriptor(mediaType, RawHost.sha256(content), content.length);
  }

  static String descriptor(String mediaType, Digest digest, long size) {
    return """
    {"mediaType": "%s", "digest": "%s", "size": %d}\
    """
        .formatted(mediaType, digest, size);
  }

  static String subject(String manifest) {
    return ", \"subject\": " + descriptor(MANIFEST, bytes(manifest));
  }

  static String annotations(String... namesAndTexts) {
    return Arrays.stream(namesAndTexts)
        .map(pair -> "\"" + pair.replace("=", "\": \"") + "\"")
        .collect(Collectors.joining(", ", ", \"annotations\": {", "}"));
  }

  static byte[] bytes(String manifest) {
    return manifest.getBytes(StandardCharsets.UTF_8);
  }

  static Digest sha256(String manifest) {
    return RawHost.sha256(bytes(manifest));
  }
}
