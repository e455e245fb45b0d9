package dev.lamella.core.read;

import dev.lamella.core.Descriptor;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
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

  /**
   * Characters of the tags of a page. Tags of one character each, too, then fill far less than an
   * answer has.
   */
  private static final int MOST_CHARACTERS = 500_000;

  /** Indexes of damaged shards in an answer: at most 700 KB. */
  private static final int MOST_DAMAGED = 100_000;

  private final ImageIndex images;
  private final VisibleImages visible;
  private final LayerIndex layers;

  public Images(ImageIndex images, LayerIndex layers) {
    this.images = images;
    this.visible = new VisibleImages(images);
    this.layers = layers;
  }

  /**
   * Images in lexical order after {@code last}, which may be any text, with their first tags: those
   * that the caller may pull from. Fewer of a page where their tags are many, and at least one.
   */
  public ImageList list(Caller caller, Optional<String> last) {
    List<RepositoryName> names = after(caller, last, PAGE);
    List<ImageList.Entry> entries = new ArrayList<>();
    int characters = 0;
    for (RepositoryName name : names) {
      List<Tag> tags = images.tags(name, Optional.empty(), MOST_TAGS);
      characters += tags.stream().mapToInt(tag -> tag.value().length()).sum();
      if (characters > MOST_CHARACTERS && !entries.isEmpty()) {
        break;
      }
      entries.add(new ImageList.Entry(name, tags));
    }
    boolean isLast = entries.size() == names.size() && names.size() < PAGE;
    return new ImageList(
        entries, isLast ? Optional.empty() : Optional.of(entries.getLast().name()));
  }

  /**
   * Names in lexical order after {@code last}, which may be any text, of images that the caller may
   * pull from; may lag behind the last writes.
   *
   * @param wanted names of a page; {@link #MOST_NAMES} where it is more
   */
  public Page<RepositoryName> names(Caller caller, Optional<String> last, int wanted) {
    int limit = Math.min(wanted, MOST_NAMES);
    return Page.of(after(caller, last, limit + 1), limit, RepositoryName::value);
  }

  private List<RepositoryName> after(Caller caller, Optional<String> last, int limit) {
    return new NamesAfter<>(
            RepositoryName::new,
            RepositoryName::value,
            (from, most) -> visible.after(caller, from, most))
        .list(last.orElse(""), limit);
  }

  /**
   * @throws Refusal {@code MANIFEST_UNKNOWN}
   */
  public ImageAnswer describe(RepositoryName image, Reference reference) {
    Manifest manifest = manifest(image, reference);
    List<StoredLayer> stored = new ArrayList<>();
    int damaged = 0;
    for (Descriptor blob : manifest.blobs()) {
      StoredLayer layer = stored(image, blob).withDamaged(MOST_DAMAGED - damaged);
      damaged += layer.damaged().size();
      stored.add(layer);
    }
    for (Descriptor external : manifest.external()) {
      Optional<Layer> layer = layers.find(image, external.digest());
      if (layer.isPresent()) {
        StoredLayer there =
            StoredLayer.of(layer.get(), Optional.of(external.mediaType()))
                .withDamaged(MOST_DAMAGED - damaged);
        damaged += there.damaged().size();
        stored.add(there);
      }
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
