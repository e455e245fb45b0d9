package dev.lamella.core.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lamella.core.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /v2/{name}/referrers/{digest}}: the manifests that are about another one, as an image
 * index.
 */
public record ReferrerIndex(int schemaVersion, String mediaType, List<Entry> manifests) {
  public static final String MEDIA_TYPE = "application/vnd.oci.image.index.v1+json";

  /**
   * What other registries leave out where there is none, is left out here.
   *
   * @param size in bytes
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Entry(
      String mediaType,
      Digest digest,
      @JsonInclude(JsonInclude.Include.ALWAYS) long size,
      Optional<String> artifactType,
      Map<String, String> annotations) {
    public Entry {
      annotations = Map.copyOf(annotations);
    }
  }

  public ReferrerIndex {
    manifests = List.copyOf(manifests);
  }

  public static ReferrerIndex of(List<Entry> manifests) {
    return new ReferrerIndex(2, MEDIA_TYPE, manifests);
  }
}
