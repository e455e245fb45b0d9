package dev.lamella.core.report;

import dev.lamella.core.NamePattern;
import java.util.Optional;

/**
 * What a verification job looks at. One job runs at a time for each scope.
 *
 * @param deep whether it reads the shards and checks their links of the digest chain; else it only
 *     asks the storage servers for what they know of them
 * @param name the images whose layers it looks at; empty for all layers of the store
 */
public record Scope(boolean deep, Optional<NamePattern> name) {

  /** Different for different scopes. */
  public String key() {
    return (deep ? "deep " : "light ") + name.map(NamePattern::value).orElse("*");
  }
}
