package dev.lamella.contract;

import static dev.lamella.contract.Samples.link;
import static dev.lamella.contract.Samples.on;
import static dev.lamella.contract.Samples.shard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.LayerId;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardIndex.Put;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class ShardIndexContract {
  final ShardIndex shards = indexes().shards();
  final LayerId layer = LayerId.random();

  abstract Indexes indexes();

  @Test
  void change_shard_isThereFromThenOn_unlessAnotherRecordIs() {
    Shard recorded = shard(LayerId.random(), 3);
    Shard moved = on("s7", recorded);
    assertThat(shards.change(recorded, moved)).as("it has no record").isFalse();
    shards.put(recorded);

    assertThat(shards.change(recorded, moved)).isTrue();
    assertThat(shards.change(recorded, moved)).isTrue();

    assertThat(shards.find(recorded.layer(), List.of(3))).containsExactly(moved);
    assertThat(shards.change(on("s8", recorded), on("s9", recorded))).isFalse();
    assertThat(shards.change(on("s7", shard(recorded.layer(), 3)), shard(recorded.layer(), 3)))
        .as("the link never changes")
        .isFalse();
    assertThat(shards.find(recorded.layer(), List.of(3))).containsExactly(moved);
  }

  @Test
  void change_stateOfACopy_isOfThatCopyAlone() {
    Shard two = twoCopies(4);
    assertThat(shards.put(two)).isEqualTo(Put.WRITTEN);
    assertThat(shards.find(layer, List.of(4))).containsExactly(two);
    Copy first = two.copies().getFirst();
    Shard damaged = two.with(first, first.as(Copy.State.DAMAGED));

    assertThat(shards.change(two, damaged)).isTrue();
    assertThat(shards.change(two, damaged)).isTrue();

    assertThat(shards.from(layer, 0, 10)).containsExactly(damaged);
    assertThat(shards.change(two, two.with(first, first.on("s9")))).isFalse();
    assertThat(shards.from(layer, 0, 10)).containsExactly(damaged);
  }

  @Test
  void change_racersFromOneRecord_oneDoes() throws Exception {
    Shard two = twoCopies(5);
    shards.put(two);
    Copy first = two.copies().getFirst();
    List<Shard> racers =
        IntStream.range(10, 18).mapToObj(i -> two.with(first, first.on("s" + i))).toList();

    List<Boolean> results = Race.of(8, i -> () -> shards.change(two, racers.get(i)));

    assertThat(results).containsOnlyOnce(true);
    assertThat(shards.find(layer, List.of(5))).containsExactly(racers.get(results.indexOf(true)));
  }

  private Shard twoCopies(int index) {
    Shard one = shard(layer, index);
    Copy copy = one.copies().getFirst();
    return new Shard(
        one.image(),
        layer,
        index,
        one.offset(),
        one.size(),
        one.link(),
        List.of(copy, Copy.at("s2", copy.key())));
  }

  @Test
  void put_newRecord_isReadAsWritten() {
    Shard shard = shard(layer, 7);

    assertThat(shards.put(shard)).isEqualTo(Put.WRITTEN);
    assertThat(shards.find(layer, List.of(7))).containsExactly(shard);
    assertThat(shards.from(layer, 0, 10)).containsExactly(shard);
  }

  @Test
  void put_sameLinkTwice_keepsTheFirst() {
    Link link = link();
    Shard first = shard(layer, 0, 64, link);
    Shard again = new Shard(first.image(), layer, 0, 0, 64, "s2", "layers/again", first.link());
    shards.put(first);

    assertThat(shards.put(again)).isEqualTo(Put.WRITTEN);
    assertThat(shards.find(layer, List.of(0))).containsExactly(first);
  }

  @Test
  void put_otherLink_keepsTheFirst() {
    Shard first = shard(layer, 0);
    shards.put(first);

    assertThat(shards.put(shard(layer, 0))).isEqualTo(Put.OTHER_LINK);
    assertThat(shards.find(layer, List.of(0))).containsExactly(first);
  }

  @Test
  void put_racersWithOtherLinks_oneIsWritten() throws Exception {
    List<Shard> racers = IntStream.range(0, 8).mapToObj(_ -> shard(layer, 3)).toList();

    List<Put> results = Race.of(8, i -> () -> shards.put(racers.get(i)));

    assertThat(results).containsOnlyOnce(Put.WRITTEN);
    assertThat(shards.find(layer, List.of(3)))
        .containsExactly(racers.get(results.indexOf(Put.WRITTEN)));
  }

  @Test
  void find_someIndexes_givesThoseThatAreWritten() {
    shards.put(shard(layer, 1));
    shards.put(shard(layer, 2));

    assertThat(shards.find(layer, List.of(0, 1, 1, 5))).extracting(Shard::index).containsExactly(1);
    assertThat(shards.find(layer, List.of())).isEmpty();
    assertThat(shards.find(LayerId.random(), List.of(1))).isEmpty();
  }

  @Test
  void find_hundredIndexes_givesAll() {
    IntStream.range(0, 100).forEach(index -> shards.put(shard(layer, index)));

    assertThat(shards.find(layer, IntStream.range(0, 100).boxed().toList())).hasSize(100);
  }

  @Test
  void from_index_isInOrderAndLimited() {
    List<Integer> indexes = List.of(9, 10, 0, 99, 100, 9_999, 1);
    indexes.forEach(index -> shards.put(shard(layer, index)));

    assertThat(shards.from(layer, 0, 10_000))
        .extracting(Shard::index)
        .containsExactly(0, 1, 9, 10, 99, 100, 9_999);
    assertThat(shards.from(layer, 2, 3)).extracting(Shard::index).containsExactly(9, 10, 99);
    assertThat(shards.from(layer, 9_999, 1)).extracting(Shard::index).containsExactly(9_999);
    assertThat(shards.from(LayerId.random(), 0, 10)).isEqualTo(Collections.emptyList());
  }

  /** Records of more than 1 MB, which is what DynamoDB gives in one answer. */
  @Test
  void from_largeRecords_givesAll() {
    List<Shard> large = IntStream.range(0, 300).mapToObj(this::large).toList();
    large.forEach(shards::put);

    assertThat(shards.from(layer, 0, 10_000)).isEqualTo(large);
    assertThat(shards.from(layer, 1, 298)).isEqualTo(large.subList(1, 299));
  }

  @Test
  void remove_someRecords_leavesTheOthers() {
    List<Shard> written = IntStream.range(0, 60).mapToObj(index -> shard(layer, index)).toList();
    written.forEach(shards::put);
    Shard other = shard(LayerId.random(), 0);
    shards.put(other);

    shards.remove(written.subList(0, 59));
    shards.remove(written.subList(0, 59));
    shards.remove(List.of());

    assertThat(shards.from(layer, 0, 10_000)).containsExactly(written.getLast());
    assertThat(shards.from(other.layer(), 0, 1)).containsExactly(other);
  }

  private Shard large(int index) {
    Shard shard = shard(layer, index);
    return new Shard(
        shard.image(),
        layer,
        index,
        shard.offset(),
        shard.size(),
        "s1",
        "k".repeat(4_000),
        shard.link());
  }
}
