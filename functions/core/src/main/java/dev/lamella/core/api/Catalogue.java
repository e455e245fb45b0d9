package dev.lamella.core.api;

import dev.lamella.core.RepositoryName;
import java.util.List;

/** {@code GET /v2/_catalog}: what images there are, a page at a time. */
public record Catalogue(List<RepositoryName> repositories) {
  public Catalogue {
    repositories = List.copyOf(repositories);
  }
}
