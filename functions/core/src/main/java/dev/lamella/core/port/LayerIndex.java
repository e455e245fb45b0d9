package dev.lamella.core.port;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which layers are stored, and which images may read them. Every method is atomic and reads what
 * was last written, except {@link #imagesOf}, which may lag.
 */
public interface LayerIndex {

  /** How an attempt to commit ended. */
  enum Commit {
    /** The layer is visible; also when this upload had been committed before. */
    COMMITTED,
    /**
     * Another upload of the same digest was first: the image is linked to its layer, and this
     * upload has ended.
     */
    ALREADY_STORED,
    /** The upload is no longer open: nothing changed. */
    NOT_OPEN
  }

  /** What became of a link that was to be removed. */
  enum Unlink {
    /** The image may no longer read the layer. */
    UNLINKED,
    /** The image could not read it before. */
    NOT_LINKED,
    /** Nothing changed: manifests of the image name it. */
    IN_USE
  }

  Optional<Layer> find(Digest digest);

  /** The layer, where it is stored and this image may read it. */
  Optional<Layer> find(RepositoryName image, Digest digest);

  /** Whether this image may read this layer. True only for a layer that is stored. */
  default boolean isLinked(RepositoryName image, Digest digest) {
    return find(image, digest).isPresent();
  }

  /** The same of all images, whatever their names begin with. */
  default List<RepositoryName> imagesOf(Digest digest, Optional<RepositoryName> last, int limit) {
    return imagesOf(digest, "", last, limit);
  }

  /**
   * Images that may read this layer and whose names begin with {@code prefix}, in order of name,
   * after {@code last}; eventually consistent, at most {@code limit}. One read for each 1,000 or
   * so, however many images there are before and after them.
   *
   * @param last of those, or empty for the beginning
   */
  List<RepositoryName> imagesOf(
      Digest digest, String prefix, Optional<RepositoryName> last, int limit);

  /**
   * Lets an image read a stored layer, and marks the layer used. Idempotent.
   *
   * @return false, with nothing changed, where the layer is not stored
   */
  boolean link(RepositoryName image, Digest digest, Instant now);

  /** Whether manifests of the image name an external layer that it has not. */
  boolean isAwaited(RepositoryName image, Digest digest);

  /** Whether there may be such a layer: one read, which says no where there never was one. */
  boolean mayAwait(RepositoryName image);

  /**
   * Takes a layer out of an image, and leaves it to others. One that a {@linkplain ImageIndex#put
   * put} is about to name, or that one that died was, is in use.
   */
  Unlink unlink(RepositoryName image, Digest digest, Instant now);

  /**
   * Makes the layer visible, links it to the upload's image and closes the upload, all at once or
   * not at all. The caller has proven the digest and has seen every shard record. It takes the
   * place of a layer that is damaged: the upload of that one then ends. An upload that repairs a
   * layer only joins it, and notes on which storage servers its shards are now; where that is gone,
   * nothing changes, as if it were not open.
   */
  Commit commit(Upload upload, Layer layer);

  /** A layer, and its place among those that are to be verified. */
  record Due(Layer layer, String place) {}

  /**
   * Layers by the time when a deep verification was last done with them, or else when they were
   * committed, the longest ago first. May lag.
   *
   * @param before only those of earlier times
   * @param after the place after which to go on; empty for the beginning
   * @param limit most layers to return, 1 to 1,000
   */
  List<Due> due(Instant before, Optional<String> after, int limit);

  /**
   * The layers that an image may read, in order of digest, after {@code last}, at most {@code
   * limit}. They may be stored no longer.
   */
  List<Digest> layersOf(RepositoryName image, Optional<Digest> last, int limit);

  /**
   * Notes that shards of a stored layer are lost: none of their copies is whole. Forgets what was
   * assembled of the layer, or is about to be. Idempotent.
   *
   * @param shards none, where copies are damaged and no shard is lost by it: what was assembled may
   *     be made of these copies
   * @return false, with nothing changed, where the layer of that digest is not, or no longer, made
   *     of these shards
   */
  boolean damage(Digest digest, LayerId id, Collection<Integer> shards);

  /** Notes that a shard of a stored layer has a whole copy. Idempotent. */
  void repaired(Digest digest, LayerId id, int shard);

  /**
   * Layers that {@linkplain #isNamed no manifest names} and that were not used since {@code
   * cutoff}. May lag, and so only names candidates: {@link #condemn} decides.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most layers to look at, 1 to 1,000: the page may have fewer, or none
   */
  Page<Layer> unreferenced(Instant cutoff, Optional<String> cursor, int limit);

  /**
   * Whether a manifest names a layer: of any image, and, where the layer is {@linkplain
   * dev.lamella.core.manifest.Manifest#external external} to it, of one that may read it.
   *
   * @param since a {@linkplain ImageIndex#put put} that began then, or later, may still be at work:
   *     what it names is named
   */
  boolean isNamed(Digest digest, Instant since);

  /**
   * Takes a layer out of the store, on the condition that it is still this one, that {@linkplain
   * #isNamed no manifest names it}, and that it was not used since {@code cutoff}, which is longer
   * ago than a put takes. From then on it is not stored. In the same step its upload ends, expired
   * since {@code cutoff}: what is left of the layer is found as what is left of any upload.
   *
   * @return false, with nothing changed, where the condition does not hold; so also the second time
   */
  boolean condemn(Layer layer, Instant cutoff);

  /**
   * Removes the links of all images to a layer that is not stored. Links to a stored layer stay,
   * also where it is stored in the middle of this. Idempotent.
   */
  void forgetLinks(Digest digest);
}
