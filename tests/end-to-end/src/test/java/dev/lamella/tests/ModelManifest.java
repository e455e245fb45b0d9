package dev.lamella.tests;

import dev.lamella.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A manifest that clients of a model run put.
 *
 * @param layers a bit each; none of an index
 * @param children digests of the manifests that an index names; none of an image
 */
record ModelManifest(String mediaType, String json, int layers, Set<Digest> children) {
  private static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  ModelManifest {
    children = Set.copyOf(children);
  }

  /** The first of the layers is its config. */
  static ModelManifest image(int layers) {
    List<String> descriptors =
        Model.indexes(layers)
            .mapToObj(
                i -> descriptor("application/octet-stream", Model.digest(i), Model.layer(i).length))
            .collect(Collectors.toCollection(ArrayList::new));
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
        """
            .formatted(
                IMAGE,
                descriptors.getFirst(),
                String.join(",", descriptors.subList(1, descriptors.size())));
    return new ModelManifest(IMAGE, json, layers, Set.of());
  }

  static ModelManifest index(Collection<ModelManifest> manifests) {
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}\
        """
            .formatted(
                INDEX,
                manifests.stream()
                    .map(one -> descriptor(one.mediaType, one.digest(), one.bytes().length))
                    .collect(Collectors.joining(",")));
    Set<Digest> children =
        manifests.stream()
            .map(ModelManifest::digest)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return new ModelManifest(INDEX, json, 0, children);
  }

  private static String descriptor(String mediaType, Digest digest, int size) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}\
    """
        .formatted(mediaType, digest, size);
  }

  boolean isIndex() {
    return mediaType.equals(INDEX);
  }

  byte[] bytes() {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  Digest digest() {
    return RawHost.sha256(bytes());
  }
}
