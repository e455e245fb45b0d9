package dev.lamella.core.collect;

import dev.lamella.core.LayerId;
import dev.lamella.core.orphan.FindOrphans;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Removes shard records whose upload is gone, with their objects. An upload is created before, and
 * removed after, all that is under its id: such records were written by an invocation that outlived
 * it.
 */
final class SweepRecords implements Sweep {
  private final FindOrphans orphans;
  private final UploadIndex uploads;
  private final Remains remains;

  SweepRecords(FindOrphans orphans, UploadIndex uploads, Remains remains) {
    this.orphans = orphans;
    this.uploads = uploads;
    this.remains = remains;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now) {
    Page<LayerId> page = orphans.records(cursor);
    List<Find> finds =
        page.items().stream()
            .distinct()
            .filter(id -> uploads.find(id).isEmpty())
            .map(
                id ->
                    new Find(
                        "records of upload " + id,
                        0,
                        dryRun ? Optional.empty() : remains.removeShards(id)))
            .toList();
    return new Finds(finds, page.next());
  }
}
