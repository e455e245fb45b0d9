package dev.lamella.core.collect;

import dev.lamella.core.LayerId;
import dev.lamella.core.orphan.FindOrphans;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

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
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<LayerId> page = orphans.records(cursor);
    List<Finds> finds = new ArrayList<>();
    for (LayerId id : new LinkedHashSet<>(page.items())) {
      if (!dryRun && !finds.isEmpty() && !hasTime.getAsBoolean()) {
        finds.add(new Removal.Begun().of("", 0));
        break;
      }
      if (uploads.find(id).isEmpty()) {
        Removal removal = dryRun ? new Removal.Gone() : remains.removeShards(id, hasTime);
        finds.add(removal.of("records of upload " + id, 0));
      }
    }
    return Finds.sum(finds, page.next());
  }
}
