package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Jobs of which one runs at a time: an item of its own names it until it ends.
 *
 * @param running finds the job of an id, if it still runs
 */
record OneAtATime<J>(Table table, Function<String, Optional<J>> running) {

  /**
   * @param place of the item that names the job that runs
   * @param id of the new job
   * @param item of the new job
   * @return the new job, or the one that runs already
   */
  J start(Key place, String id, Item item, J job) {
    Backoff backoff = new Backoff();
    do {
      boolean isStarted =
          table.transaction().putNew(Item.at(place).with("id", id)).putNew(item).commit().isEmpty();
      if (isStarted) {
        return job;
      }
      Optional<J> other = table.get(place).flatMap(named -> running.apply(named.text("id")));
      if (other.isPresent()) {
        return other.get();
      }
      // The one that ran has ended since.
    } while (backoff.again());
    throw new Unavailable("DynamoDB", new IllegalStateException("jobs come and go"));
  }

  /** Has the transaction that ends a job let the next one start. */
  static Transaction end(Transaction ending, Key place, String id) {
    return ending.delete(place, "#id = :id", Map.of(":id", Item.value(id)));
  }
}
