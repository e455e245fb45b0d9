package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.ShardBatch.Task;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FanOutTest {
  private final MemoryStore store = new MemoryStore();

  /** Four shards a batch: as many batches as that makes, and each shard in one of them. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 1, 4", "5, 2, 1", "11, 3, 3", "12, 3, 4"})
  void complete_shards_areHandedOverInFullBatchesAndOneRest(int shards, int batches, int rest) {
    byte[] layer = bytes(shards * SHARD, shards);
    LayerId upload = store.open(sha256(layer), layer.length).upload();
    store.stageAll(upload, layer);

    store.completeWith(upload, layer, chain(layer));

    assertThat(store.dispatched)
        .hasSize(batches)
        .allMatch(batch -> batch.upload().equals(upload))
        .extracting(batch -> batch.shards().size())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, batches).mapToObj(i -> i < batches - 1 ? 4 : rest).toList());
    assertThat(store.dispatched)
        .flatExtracting(batch -> batch.shards().stream().map(Task::index).toList())
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, shards).boxed().toList());
  }
}
