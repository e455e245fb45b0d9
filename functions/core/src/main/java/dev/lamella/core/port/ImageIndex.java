package dev.lamella.core.port;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Images: their manifests and tags. An image is there as long as it has a manifest. Every method is
 * atomic and reads what was last written, where it does not say otherwise.
 */
public interface ImageIndex {

  /** How a manifest was taken. */
  sealed interface Put {
    /** It is stored, and so is the tag; also when it had been before. */
    record Stored() implements Put {}

    /** Nothing changed: these blobs or manifests are not in the image. */
    record Missing(Set<Digest> digests) implements Put {
      public Missing {
        digests = Set.copyOf(digests);
      }
    }

    /**
     * Nothing changed: the manifest says another size of this blob or manifest, which the image
     * has.
     *
     * @param named what the manifest says
     * @param size what it has, in bytes
     */
    record WrongSize(Descriptor named, long size) implements Put {}
  }

  /**
   * Stores a manifest and, if given, points a tag to it. All blobs it names must be linked to the
   * image and stored, and all manifests it names be in the image. Of these, and of its subject
   * where that is there, it must say the right size. Each blob's references are counted once for a
   * manifest of an image, in the transaction that makes the manifest visible or before it; a layer
   * is never left uncounted. Idempotent. Where the process dies in between, the manifest is not
   * visible and trying again succeeds. The manifest is not {@linkplain #released released} any
   * more.
   *
   * <p>{@linkplain Manifest#external External} layers may be absent. Where they are linked to the
   * image they are like any other blob; where one is linked later, it is counted for all manifests
   * of the image that name it in the transaction that links it.
   */
  Put put(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now);

  /**
   * The manifest with its exact bytes.
   *
   * @throws IllegalStateException where the stored bytes no longer have that digest
   */
  Optional<Manifest> find(RepositoryName image, Reference reference);

  /**
   * Removes a tag and leaves its manifest, or removes a manifest with every tag that points to it
   * and its place among the referrers. No reader sees a tag that points nowhere. A manifest whose
   * last tag is removed is {@linkplain #released released}, and so are those without a tag that a
   * removed index named, or whose subject a removed manifest was.
   *
   * <p>A manifest's references are taken off its layers in the transaction that makes it invisible,
   * or after it; {@code now} becomes the time when the layers were last used. Where the process
   * dies in between, layers are kept too long, never collected too early, until {@link #takeBack}.
   * Manifests that name this one stay as they are.
   *
   * @return false, with nothing changed, where there is no such tag or manifest
   */
  boolean delete(RepositoryName image, Reference reference, Instant now);

  /**
   * Takes back what is still counted for manifests that are not there, because the process that put
   * or deleted them died on the way before {@code before}; at most {@code limit} of them. Twice, or
   * by many at once, is as once, and who puts such a manifest meanwhile succeeds. May miss what was
   * written last.
   *
   * @return how many were taken back; fewer than the limit where no more were found
   */
  int takeBack(Instant before, int limit, Instant now);

  /**
   * What {@link #takeBack} would take back, by image and digest; at most {@code limit}. May miss
   * what was written last.
   */
  List<Unfinished> unfinished(Instant before, int limit);

  /** A manifest that is not there, and for which something may still be counted. */
  record Unfinished(RepositoryName image, Digest manifest) {}

  /**
   * Manifests that were released before {@code before}: a deletion took the last that led to them,
   * a tag, an index that names them or their subject, and neither an index nor their subject does
   * now. One that nothing ever led to, or that its tag left for another manifest, is not among
   * them. May miss what was written last.
   *
   * @param limit to look at; a page may have fewer
   */
  Page<Released> released(Instant before, Optional<String> cursor, int limit);

  /**
   * A manifest that nothing leads to.
   *
   * @param since the last deletion that released it
   */
  record Released(RepositoryName image, Digest manifest, Instant since) {}

  /**
   * Removes a released manifest, as {@link #delete} does, where it has been so all the time since.
   * Who puts it, its subject or an index that names it meanwhile either keeps it, or finds it
   * missing.
   *
   * @return false, with nothing changed, where it is not as it was, or not there
   * @throws IllegalStateException where its stored bytes are gone or no longer have its digest, so
   *     that it is not known what it names
   */
  boolean remove(Released released, Instant now);

  /** Whether the image is there. */
  boolean exists(RepositoryName image);

  /**
   * The manifests whose subject is this one, whether or not that is there, in order of their
   * digests after {@code last} (from the beginning where empty), at most {@code limit}. Only an
   * empty list is the end: one that is deleted meanwhile may be missing in a page.
   */
  List<Referrer> referrers(RepositoryName image, Digest subject, Optional<Digest> last, int limit);

  /**
   * Tags in lexical order after {@code last} (from the beginning where empty), at most {@code
   * limit}.
   */
  List<Tag> tags(RepositoryName image, Optional<Tag> last, int limit);

  /**
   * Images in lexical order after {@code last}, at most {@code limit}; may lag behind the last
   * writes.
   */
  List<RepositoryName> images(Optional<RepositoryName> last, int limit);
}
