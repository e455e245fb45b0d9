package dev.lamella.core.api;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import java.util.List;

/** {@code GET /v2/{name}/tags/list}: an image's tags, a page at a time. */
public record TagList(RepositoryName name, List<Tag> tags) {
  public TagList {
    tags = List.copyOf(tags);
  }
}
