package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.ImageIndex.Put;
import java.util.Optional;

/**
 * Where a put points a tag, if it has one.
 *
 * @param mayMove whether the tag may point to another manifest before
 */
record Pointing(RepositoryName image, Optional<Tag> tag, Digest manifest, boolean mayMove) {

  /** Why the tag stays, if it does, where it points there now. */
  Optional<Put> refusal(Optional<Digest> now) {
    return now.filter(other -> !mayMove && !other.equals(manifest)).map(Put.TagTaken::new);
  }
}
