package dev.lamella.aws;

import static java.util.stream.Collectors.groupingBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Which shards of an upload are being handed over: an item for each 256 of them and each 10 s, in
 * the upload's partition. One of this time or the time before is claimed. The table's time to live
 * takes the items away, or the removal of what is under the upload.
 */
record ShardClaims(Table table) {
  private static final int SHARDS = 256;
  private static final int SECONDS = 10;
  private static final int KEPT_SECONDS = 3_600;
  private static final int WIDTH = 8;

  /**
   * @return those that are this caller's
   */
  Set<Integer> claim(LayerId id, Collection<Integer> indexes, Instant now) {
    return Parallel.map(
            indexes.stream().collect(groupingBy(index -> index / SHARDS)).entrySet(),
            WIDTH,
            page -> claim(id, page.getKey(), page.getValue(), now))
        .stream()
        .flatMap(Set::stream)
        .collect(Collectors.toSet());
  }

  private Set<Integer> claim(LayerId id, int page, List<Integer> indexes, Instant now) {
    long time = time(now);
    Set<Integer> free = new HashSet<>(indexes);
    // Not added once more: who asks again and again must not keep a claim alive.
    free.removeAll(
        table
            .get(key(id, page, time - 1))
            .map(before -> before.numbers("shards"))
            .orElse(Set.of()));
    if (!free.isEmpty()) {
      free.removeAll(
          table
              .before(
                  key(id, page, time),
                  "ADD #shards :shards SET #ends = :ends",
                  Map.of(
                      ":shards", Item.numbers(free),
                      ":ends", Item.value(now.getEpochSecond() + KEPT_SECONDS)))
              .numbers("shards"));
    }
    return free;
  }

  void unclaim(LayerId id, Collection<Integer> indexes, Instant now) {
    Parallel.map(
        indexes.stream().collect(groupingBy(index -> index / SHARDS)).entrySet(),
        WIDTH,
        page ->
            LongStream.of(time(now) - 1, time(now))
                .mapToObj(
                    time ->
                        table.update(
                            key(id, page.getKey(), time),
                            "DELETE #shards :shards",
                            Table.PRESENT,
                            Map.of(":shards", Item.numbers(page.getValue()))))
                .toList());
  }

  private static long time(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), SECONDS);
  }

  private static Key key(LayerId id, int page, long time) {
    return new Key(Key.upload(id).partition(), "CLAIM#%04d#%d".formatted(page, time));
  }
}
