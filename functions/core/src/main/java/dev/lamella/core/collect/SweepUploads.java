package dev.lamella.core.collect;

import dev.lamella.core.Digest;
import dev.lamella.core.Parallel;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Ends expired uploads and removes what is left of them; of committed ones, what staging still has.
 */
final class SweepUploads implements Sweep {
  /**
   * No invocation of Lambda is longer: what an upload's shard-writers were at when it expired is
   * written by then, and goes with the rest.
   */
  private static final Duration LAST_WRITES = Duration.ofMinutes(15);

  private final UploadIndex uploads;
  private final Staging staging;
  private final LateLayer late;
  private final Remains remains;
  private final int page;
  private final int width;

  SweepUploads(
      UploadIndex uploads, Staging staging, LateLayer late, Remains remains, int page, int width) {
    this.uploads = uploads;
    this.staging = staging;
    this.late = late;
    this.remains = remains;
    this.page = page;
    this.width = width;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<Upload> expired = uploads.expired(now.minus(LAST_WRITES), cursor, page);
    List<Finds> finds =
        Parallel.map(
            expired.items(), width, upload -> dryRun ? show(upload) : remove(upload, hasTime));
    return Finds.sum(finds, expired.next());
  }

  private static Finds show(Upload upload) {
    return upload.state() == State.COMMITTED ? Finds.NONE : finds(upload, new Removal.Gone());
  }

  private Finds remove(Upload upload, BooleanSupplier hasTime) {
    Optional<Removal> kept = upload.state() == State.OPEN ? kept(upload) : Optional.empty();
    if (kept.isPresent()) {
      return finds(upload, kept.get());
    }
    if (uploads.end(upload.id())) {
      return finds(upload, remains.remove(upload.id(), upload.claimed(), hasTime));
    }
    staging.remove(upload.id());
    uploads.settle(upload.id());
    return Finds.NONE;
  }

  private Optional<Removal> kept(Upload upload) {
    String what =
        "upload %s brings a layer that image %s waits for".formatted(upload.id(), upload.image());
    try {
      return late.store(upload)
          ? Optional.empty()
          : Optional.of(new Removal.Kept(what + " and that is still being sliced"));
    } catch (Unavailable e) {
      return Optional.of(new Removal.Kept(what + ": " + e.getMessage()));
    }
  }

  private static Finds finds(Upload upload, Removal removal) {
    String name =
        "upload %s of %s for %s"
            .formatted(
                upload.id(),
                upload.claimed().map(Digest::toString).orElse("chunks"),
                upload.image());
    return removal.of(name, upload.slicing().size());
  }
}
