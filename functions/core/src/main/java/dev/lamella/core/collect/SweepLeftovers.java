package dev.lamella.core.collect;

import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Removes what puts and deletions of manifests that died left behind. */
final class SweepLeftovers implements Sweep {
  private final ImageIndex images;
  private final int page;

  SweepLeftovers(ImageIndex images, int page) {
    this.images = images;
    this.page = page;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<Find> found = images.leftovers(now.minus(ImageIndex.LONGEST_PUT), cursor, page, !dryRun);
    return new Finds(found.items(), found.next());
  }
}
