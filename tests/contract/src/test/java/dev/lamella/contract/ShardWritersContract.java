package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.Json;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import dev.lamella.core.port.ShardWriters;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class ShardWritersContract {
  /** What the shard-writers got. */
  private final List<ShardBatch> got = new CopyOnWriteArrayList<>();

  final ShardWriters writers = writers(got::add);

  /**
   * @param writer what a shard-writer does with a batch
   */
  abstract ShardWriters writers(Consumer<ShardBatch> writer);

  @Test
  void dispatch_batches_comeAsTheyAre() throws Exception {
    ShardBatch some = batch(64);
    ShardBatch serial = ShardBatch.serial(LayerId.random(), PassId.random());

    writers.dispatch(some);
    writers.dispatch(serial);

    Eventually.equal(true, () -> got.containsAll(List.of(some, serial)));
    assertThat(got).containsOnly(some, serial);
  }

  /** Just what Lambda takes, and a byte more. */
  @Test
  void dispatch_batchOverTheLimit_isRefusedAndDoesNotCome() throws Exception {
    ShardBatch largest = sized(ShardWriters.MOST_EVENT);
    ShardBatch larger = sized(ShardWriters.MOST_EVENT + 1);

    writers.dispatch(largest);
    assertThatThrownBy(() -> writers.dispatch(larger))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("" + larger.shards().size(), "SHARDS_PER_BATCH");

    Eventually.equal(true, () -> got.contains(largest));
    assertThat(got).containsOnly(largest);
  }

  @Test
  void write_shard_hasComeWithItsBytesAtReturn() {
    byte[] bytes = Samples.bytes(1000);
    ShardBatch one = batch(1);

    writers.write(one, bytes);

    assertThat(got).containsExactly(one.with(bytes));
    assertThat(Base64.getDecoder().decode(got.getFirst().bytes().orElseThrow())).isEqualTo(bytes);
  }

  @Test
  void write_mostBytes_come() {
    ShardBatch one = batch(1);

    writers.write(one, new byte[ShardWriters.MOST_BYTES]);

    assertThat(got).hasSize(1);
  }

  @Test
  void write_writerFails_isUnavailable() {
    ShardWriters failing =
        writers(
            _ -> {
              throw new IllegalStateException("no storage server");
            });

    assertThatThrownBy(() -> failing.write(batch(1), new byte[1]))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("shard-writer");
  }

  private static ShardBatch batch(int shards) {
    return batch(shards, "s1");
  }

  private static ShardBatch batch(int shards, String server) {
    return new ShardBatch(
        LayerId.random(),
        IntStream.range(0, shards)
            .mapToObj(index -> new Task(index, Samples.link(), index == 0 ? server : "s1"))
            .toList());
  }

  /** A batch that is so many bytes as an event. */
  private static ShardBatch sized(int bytes) {
    int shards = 4_000;
    int missing = bytes - Json.write(batch(shards)).length;
    assertThat(missing).isPositive();
    ShardBatch sized = batch(shards, "s1" + "x".repeat(missing));
    assertThat(Json.write(sized)).hasSize(bytes);
    return sized;
  }
}
