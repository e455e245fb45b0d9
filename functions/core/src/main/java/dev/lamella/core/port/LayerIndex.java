package dev.lamella.core.port;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import java.time.Instant;
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

  /** Whether this image may read this layer. True only for a layer that is stored. */
  boolean isLinked(RepositoryName image, Digest digest);

  /**
   * Images that may read this layer, in order of name; eventually consistent, at most {@code
   * limit}.
   */
  List<RepositoryName> imagesOf(Digest digest, int limit);

  /**
   * Lets an image read a stored layer, and marks the layer used. Twice is as once.
   *
   * @return false, with nothing changed, where the layer is not stored
   */
  boolean link(RepositoryName image, Digest digest, Instant now);

  /** Takes a layer out of an image, and leaves it to others. */
  Unlink unlink(RepositoryName image, Digest digest);

  /**
   * Makes the layer visible, links it to the upload's image and closes the upload, all at once or
   * not at all. The caller has proven the digest and has seen every shard record.
   */
  Commit commit(Upload upload, Layer layer);
}
