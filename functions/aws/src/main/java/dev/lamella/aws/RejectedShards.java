package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload.State;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Why shards of an upload were not written: an item for each, in the upload's partition. */
final class RejectedShards {
  /** Between the ids of storage servers, which have none. */
  private static final String SPACE = " ";

  private final Table table;

  RejectedShards(Table table) {
    this.table = table;
  }

  /**
   * With an update of the upload that changes nothing: a shard-writer may not do a condition check.
   */
  void note(LayerId id, Rejection rejection) {
    Item item =
        Item.at(Key.part(id, rejection.index()))
            .with("index", rejection.index())
            .with("reason", rejection.reason().name());
    if (!rejection.servers().isEmpty()) {
      item.with("servers", String.join(SPACE, rejection.servers()));
    }
    var _ =
        table
            .transaction()
            .update(
                Key.upload(id),
                "SET #state = :open",
                DynamoUploadIndex.IS_OPEN,
                Map.of(":open", Item.value(State.OPEN.name())))
            .put(item)
            .commit();
  }

  void forget(LayerId id, Collection<Integer> indexes) {
    table.delete(indexes.stream().map(index -> Key.part(id, index)).toList());
  }

  List<Rejection> of(LayerId id) {
    return table
        .query(Key.upload(id).partition(), Key.PARTS, Key.PARTS + Key.LAST, Slicing.MOST_SHARDS)
        .stream()
        .map(RejectedShards::read)
        .toList();
  }

  private static Rejection read(Item item) {
    return new Rejection(
        (int) item.number("index"),
        Rejection.Reason.valueOf(item.text("reason")),
        item.find("servers").stream().flatMap(ids -> Stream.of(ids.split(SPACE))).toList());
  }
}
