package dev.lamella.core.collect;

import dev.lamella.core.port.ImageIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Takes back what is counted for manifests that are not there. */
final class SweepManifests implements Sweep {
  /** Longer than any invocation that is still at it. */
  private static final Duration LAST_WRITES = Duration.ofMinutes(15);

  private final ImageIndex images;
  private final int page;

  SweepManifests(ImageIndex images, int page) {
    this.images = images;
    this.page = page;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now) {
    if (dryRun) {
      return new Finds(List.of(), Optional.empty());
    }
    int count = images.takeBack(now.minus(LAST_WRITES), page, now);
    return new Finds(
        Collections.nCopies(count, new Find("unfinished manifest", 0, Optional.empty())),
        count < page ? Optional.empty() : Optional.of("more"));
  }
}
