package dev.lamella.core.port;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import java.time.Duration;
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

    /**
     * Nothing changed: the tag is there, and may not be moved.
     *
     * @param manifest that it points to
     */
    record TagTaken(Digest manifest) implements Put {}
  }

  /**
   * No put takes longer: after that, what a put that died left behind belongs to no put. Longer
   * than any invocation of Lambda.
   */
  Duration LONGEST_PUT = Duration.ofMinutes(15);

  /**
   * Stores a manifest and, if given, points a tag to it. All blobs it names must be linked to the
   * image and stored, and all manifests it names be in the image; they stay so for as long as the
   * manifest is there. Of these, and of its subject where that is there, it must say the right
   * size. The manifest and its tag become visible at once. Idempotent. Where the process dies in
   * between, the manifest is not visible and trying again succeeds. The manifest is not {@linkplain
   * #released released} any more.
   *
   * <p>{@linkplain Manifest#external External} layers may be absent. While they are linked to the
   * image they are like any other blob, also where that is later.
   *
   * @param mayMove whether the tag may be taken from another manifest; of many who put it at once
   *     and may not, one comes first, and the others are told {@link Put.TagTaken}, which comes
   *     before what is missing
   */
  Put put(RepositoryName image, Manifest manifest, Optional<Tag> tag, boolean mayMove, Instant now);

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
   * <p>{@code now} becomes the time when the manifest's layers were last used. Where the process
   * dies in between, manifests and layers are kept too long, never removed too early. Manifests
   * that name this one stay as they are.
   *
   * @return false, with nothing changed, where there is no such tag or manifest
   */
  boolean delete(RepositoryName image, Reference reference, Instant now);

  /**
   * What puts and deletions left behind that died before {@code before}: a page of all that there
   * is. What is among it but is not of this store is named, and kept.
   *
   * @param before {@link #LONGEST_PUT} ago, or longer
   * @param limit to look at; a page may have fewer
   * @param remove whether to remove it as well; idempotent
   */
  Page<Find> leftovers(Instant before, Optional<String> cursor, int limit, boolean remove);

  /**
   * Manifests that were released before {@code before}, longer ago than a put takes: a deletion
   * took the last that led to them, a tag, an index that names them or their subject, and neither
   * an index nor their subject does now. One that nothing ever led to, or that its tag left for
   * another manifest, is not among them. May miss what was written last.
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
   * Images whose name begins with {@code prefix}, in lexical order after {@code last}, at most
   * {@code limit}; may lag behind the last writes.
   *
   * @param last of any name, also of one that begins otherwise
   */
  List<RepositoryName> images(String prefix, Optional<RepositoryName> last, int limit);

  /** All images, in the same way. */
  default List<RepositoryName> images(Optional<RepositoryName> last, int limit) {
    return images("", last, limit);
  }
}
