package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload.State;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Why shards of an upload were not written: an item for each, in the upload's partition. */
final class RejectedShards {
  /** Between the ids of storage servers, which have none. */
  private static final String SPACE = " ";

  /** Deletes at a time that tell what there was; those of a batch do not. */
  private static final int WIDTH = 32;

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

  /**
   * @return those that stood rejected until now: of several callers, one is told of each
   */
  Set<Integer> forget(LayerId id, Collection<Integer> indexes) {
    List<Integer> distinct = indexes.stream().distinct().toList();
    List<Boolean> stood = Parallel.map(distinct, WIDTH, index -> table.delete(Key.part(id, index)));
    return IntStream.range(0, distinct.size())
        .filter(stood::get)
        .mapToObj(distinct::get)
        .collect(Collectors.toSet());
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
