package dev.lamella.core.port;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Images: their manifests and tags. */
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
  }

  /**
   * Stores a manifest and, if given, points a tag to it. All blobs it names must be linked to the
   * image and stored, and all manifests it names be in the image. Each blob's references are
   * counted once for a manifest of an image, in the transaction that makes the manifest visible or
   * before it; a layer is never left uncounted. Twice is as once. Where the process dies in
   * between, the manifest is not visible and trying again succeeds.
   */
  Put put(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now);

  /** The manifest with its exact bytes. */
  Optional<Manifest> find(RepositoryName image, Reference reference);

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
