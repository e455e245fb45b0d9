package dev.lamella.core.collect;

import dev.lamella.core.Parallel;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes manifests that a deletion took the last from that led to them (a tag, an index, their
 * subject), a while ago, and that nothing has led to since. Their layers then have no reference
 * from them any more, and the grace period before them.
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
            one -> dryRun ? Finds.of(find(one, Optional.empty())) : remove(one, now));
    return Finds.sum(finds, released.next());
  }

  /** One that is damaged is told of: it must not keep the others. */
  private Finds remove(Released one, Instant now) {
    try {
      return images.remove(one, now) ? Finds.of(find(one, Optional.empty())) : Finds.NONE;
    } catch (IllegalStateException e) {
      return Finds.of(find(one, Optional.of(String.valueOf(e.getMessage()))));
    }
  }

  private static Find find(Released released, Optional<String> kept) {
    return new Find("manifest %s of %s".formatted(released.manifest(), released.image()), 0, kept);
  }
}
