package dev.lamella.core.api;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import java.util.List;

/**
 * {@code GET /v1/images/{name}?reference=}: an image's stored layers.
 *
 * @param digest of the manifest that the reference names
 * @param layers config and layers in the manifest's order; empty for an index
 * @param manifests what an index names: ask for each by its digest
 */
public record ImageAnswer(
    RepositoryName image,
    String reference,
    Digest digest,
    String mediaType,
    List<StoredLayer> layers,
    List<Descriptor> manifests) {
  public ImageAnswer {
    layers = List.copyOf(layers);
    manifests = List.copyOf(manifests);
  }
}
