package dev.lamella.core.collect;

import dev.lamella.core.LayerId;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes shard records whose upload is gone, with their objects. An upload is created before, and
 * removed after, all that is under its id: such records were written by an invocation that outlived
 * it.
 */
final class SweepRecords implements Sweep {
  /** Records in a page. */
  private static final int PAGE = 1_000;

  /** In a cursor, what comes between the last id of a page and the place of the next. */
  private static final String PLACE = " ";

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final Remains remains;

  SweepRecords(LayerIndex layers, ShardIndex shards, UploadIndex uploads, Remains remains) {
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.remains = remains;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<LayerId> page = shards.layers(cursor.map(at -> at.split(PLACE, 2)[1]), PAGE);
    // The records of one id follow each other, and may be on many pages.
    String last = cursor.map(at -> at.split(PLACE, 2)[0]).orElse("");
    List<Finds> finds = new ArrayList<>();
    for (LayerId id : page.items()) {
      boolean isFirst = finds.isEmpty();
      if (id.value().equals(last)) {
        continue;
      }
      if (!dryRun && !isFirst && !hasTime.getAsBoolean()) {
        finds.add(new Removal.Begun().of("", 0));
        break;
      }
      last = id.value();
      Optional<Upload> upload = uploads.find(id);
      if (upload.isEmpty()) {
        Removal removal = dryRun ? new Removal.Gone() : remains.removeShards(id, hasTime);
        finds.add(removal.of(name(id), 0));
      } else if (hasLost(upload.get())) {
        String why = name(id) + ": it is committed, and its layer is not stored";
        finds.add(Finds.of(Find.kept(name(id), why)));
      }
    }
    String at = last + PLACE;
    return Finds.sum(finds, page.next().map(at::concat));
  }

  private static String name(LayerId id) {
    return "records of upload " + id;
  }

  /** Whether a committed upload has no layer; one that was condemned meanwhile is not committed. */
  private boolean hasLost(Upload upload) {
    return isCommitted(upload)
        && layers.find(upload.digest()).filter(layer -> layer.id().equals(upload.id())).isEmpty()
        && uploads.find(upload.id()).filter(SweepRecords::isCommitted).isPresent();
  }

  private static boolean isCommitted(Upload upload) {
    return upload.state() == Upload.State.COMMITTED;
  }
}
