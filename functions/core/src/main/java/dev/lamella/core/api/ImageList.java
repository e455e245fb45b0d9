package dev.lamella.core.api;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/images?last=}: what images there are, a page at a time.
 *
 * @param next ask again with {@code last=next}; absent at the end
 */
public record ImageList(List<Entry> images, Optional<RepositoryName> next) {

  /** One image and its tags, at most 1,000 of them. */
  public record Entry(RepositoryName name, List<Tag> tags) {
    public Entry {
      tags = List.copyOf(tags);
    }
  }

  public ImageList {
    images = List.copyOf(images);
  }
}
