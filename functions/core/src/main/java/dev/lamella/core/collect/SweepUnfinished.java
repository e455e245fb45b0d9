package dev.lamella.core.collect;

import dev.lamella.core.port.ImageIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Takes back what is counted for manifests that are not there. */
final class SweepUnfinished implements Sweep {
  /** Longer than any invocation that is still at it. */
  private static final Duration LAST_WRITES = Duration.ofMinutes(15);

  /** So many a dry run shows. */
  private static final int MOST_SHOWN = 1_000;

  private final ImageIndex images;
  private final int page;

  SweepUnfinished(ImageIndex images, int page) {
    this.images = images;
    this.page = page;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Instant before = now.minus(LAST_WRITES);
    if (dryRun) {
      return new Finds(
          images.unfinished(before, MOST_SHOWN).stream()
              .map(one -> find(" " + one.manifest() + " of " + one.image()))
              .toList(),
          Optional.empty());
    }
    int count = images.takeBack(before, page, now);
    return new Finds(
        Collections.nCopies(count, find("")),
        count < page ? Optional.empty() : Optional.of("more"));
  }

  private static Find find(String which) {
    return new Find("unfinished manifest" + which, 0, Optional.empty());
  }
}
