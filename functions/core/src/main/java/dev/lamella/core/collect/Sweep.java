package dev.lamella.core.collect;

import dev.lamella.core.api.CollectionRun.Find;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One step of a collection, page by page. */
interface Sweep {

  /**
   * What a page had.
   *
   * @param next where to go on; empty at the end
   * @param isCutShort whether time was over before all of it was done: the page is looked at again
   */
  record Finds(List<Find> finds, Optional<String> next, boolean isCutShort) {
    /** Nothing. */
    static final Finds NONE = new Finds(List.of(), Optional.empty());

    public Finds {
      finds = List.copyOf(finds);
    }

    Finds(List<Find> finds, Optional<String> next) {
      this(finds, next, false);
    }

    static Finds of(Find find) {
      return new Finds(List.of(find), Optional.empty());
    }

    /** A page of these. */
    static Finds sum(List<Finds> parts, Optional<String> next) {
      return new Finds(
          parts.stream().flatMap(part -> part.finds.stream()).toList(),
          next,
          parts.stream().anyMatch(Finds::isCutShort));
    }
  }

  /**
   * Looks at one page, and removes what it finds, as long as there is time: one part takes seconds
   * at most, and at least one is done. Killed in the middle and called again, it does the rest.
   *
   * @param dryRun only to say what it would remove
   * @param hasTime whether there is time for another part; asked by many at once
   */
  Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime);
}
