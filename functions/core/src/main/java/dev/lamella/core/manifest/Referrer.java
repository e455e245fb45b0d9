package dev.lamella.core.manifest;

import dev.lamella.core.Descriptor;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest that is about another one, as the list of that one's referrers shows it (OCI
 * Distribution Specification, "Listing Referrers").
 */
public record Referrer(
    Descriptor manifest, Optional<String> artifactType, Map<String, String> annotations) {
  public Referrer {
    annotations = Map.copyOf(annotations);
  }

  public static Referrer of(Manifest manifest) {
    return new Referrer(
        new Descriptor(manifest.mediaType(), manifest.digest(), manifest.size()),
        manifest.artifactType(),
        manifest.annotations());
  }
}
