package dev.lamella.core.read;

import dev.lamella.core.Descriptor;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ImageAnswer;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The method's download step 1: an image, and the metadata of each of its stored layers. */
public final class Images {
  /** So many names fill at most 260 KB of an answer. */
  public static final int MOST_NAMES = 1_000;

  private static final int PAGE = 100;
  private static final int MOST_TAGS = 1_000;

  private final ImageIndex images;
  private final LayerIndex layers;

  public Images(ImageIndex images, LayerIndex layers) {
    this.images = images;
    this.layers = layers;
  }

  public ImageList list(Optional<RepositoryName> last) {
    List<RepositoryName> names = images.images(last, PAGE);
    List<ImageList.Entry> entries =
        names.stream()
            .map(name -> new ImageList.Entry(name, images.tags(name, Optional.empty(), MOST_TAGS)))
            .toList();
    Optional<RepositoryName> next =
        names.size() < PAGE ? Optional.empty() : Optional.of(names.getLast());
    return new ImageList(entries, next);
  }

  /**
   * Names in lexical order after {@code last}; may lag behind the last writes.
   *
   * @param wanted names of a page; {@link #MOST_NAMES} where it is more
   */
  public Page<RepositoryName> names(Optional<RepositoryName> last, int wanted) {
    int limit = Math.min(wanted, MOST_NAMES);
    List<RepositoryName> names = images.images(last, limit + 1);
    return Page.of(names, limit, RepositoryName::value);
  }

  /**
   * @throws Refusal {@code MANIFEST_UNKNOWN}
   */
  public ImageAnswer describe(RepositoryName image, Reference reference) {
    Manifest manifest = manifest(image, reference);
    List<StoredLayer> stored = new ArrayList<>();
    manifest.blobs().forEach(descriptor -> stored.add(stored(image, descriptor)));
    for (Descriptor external : manifest.external()) {
      layers
          .find(image, external.digest())
          .ifPresent(layer -> stored.add(StoredLayer.of(layer, Optional.of(external.mediaType()))));
    }
    return new ImageAnswer(
        image,
        reference.toString(),
        manifest.digest(),
        manifest.mediaType(),
        stored,
        manifest.manifests());
  }

  /**
   * The manifest with its exact bytes.
   *
   * @throws Refusal {@code MANIFEST_UNKNOWN}
   */
  public Manifest manifest(RepositoryName image, Reference reference) {
    return images
        .find(image, reference)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.MANIFEST_UNKNOWN,
                    "image "
                        + image
                        + " has no manifest "
                        + reference
                        + ": see what there is, or push it"));
  }

  private StoredLayer stored(RepositoryName image, Descriptor descriptor) {
    Layer layer =
        layers
            .find(descriptor.digest())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "image "
                            + image
                            + " names layer "
                            + descriptor.digest()
                            + ", which is not stored"));
    return StoredLayer.of(layer, Optional.of(descriptor.mediaType()));
  }
}
