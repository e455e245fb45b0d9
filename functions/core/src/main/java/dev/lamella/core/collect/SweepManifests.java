package dev.lamella.core.collect;

import dev.lamella.core.Parallel;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes manifests whose last tag, or the index that named them, was deleted a while ago, and that
 * nothing has led to since. Their layers then have no reference from them any more, and the grace
 * period before them.
 */
final class SweepManifests implements Sweep {
  private final ImageIndex images;
  private final Duration grace;
  private final int page;
  private final int width;

  SweepManifests(ImageIndex images, Duration grace, int page, int width) {
    this.images = images;
    this.grace = grace;
    this.page = page;
    this.width = width;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<Released> released = images.released(now.minus(grace), cursor, page);
    List<Finds> finds =
        Parallel.map(
            released.items(),
            width,
            one -> dryRun || images.remove(one, now) ? Finds.of(find(one)) : Finds.NONE);
    return Finds.sum(finds, released.next());
  }

  private static Find find(Released released) {
    return new Find(
        "manifest %s of %s".formatted(released.manifest(), released.image()), 0, Optional.empty());
  }
}
