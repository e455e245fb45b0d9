package dev.lamella.core.collect;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One step of a collection, page by page. */
interface Sweep {

  /**
   * Something that was removed, or would be.
   *
   * @param kept why it could not be removed; empty where it is gone
   */
  record Find(String name, long bytes, Optional<String> kept) {}

  /**
   * What a page had.
   *
   * @param next where to go on; empty at the end
   */
  record Finds(List<Find> finds, Optional<String> next) {
    public Finds {
      finds = List.copyOf(finds);
    }
  }

  /**
   * Looks at one page, which takes seconds at most, and removes what it finds. Killed in the middle
   * and called again, it does the rest.
   *
   * @param dryRun only to say what it would remove
   */
  Finds page(Optional<String> cursor, boolean dryRun, Instant now);
}
