package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
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

  @Test
  void announce_whatIsNotStaged_isHandedToNobody() {
    byte[] layer = bytes(2_000 * SHARD, 1);
    LayerId upload = store.open(sha256(layer), layer.length).upload();
    Chain chain = chain(layer);
    assertThat(store.announceAll(upload, chain)).isEqualTo(new PartsAnswer(0, 0));
    assertThat(store.dispatched).isEmpty();

    store.stage(upload, layer, 7, 1_500);
    assertThat(store.announceAll(upload, chain)).isEqualTo(new PartsAnswer(2, 1));
    assertThat(store.dispatched).hasSize(1);
    // Fewer than the list of staged parts has pages: one by one.
    store.stage(upload, layer, 12);
    store.announce(upload, chain, 12);
    store.announce(upload, chain, 13);
    assertThat(store.dispatched).hasSize(2);
  }

  @Test
  void announce_thirtyTimesAtOnce_isHandedOverOnce() {
    AtomicBoolean areDead = new AtomicBoolean(true);
    MemoryStore slow = new MemoryStore(_ -> {}, areDead::get);
    byte[] layer = bytes(20 * SHARD, 1);
    LayerId upload = slow.open(sha256(layer), layer.length).upload();
    slow.stageAll(upload, layer);
    Chain chain = chain(layer);
    thirty(() -> slow.announceAll(upload, chain));
    thirty(() -> slow.announceAll(upload, chain));
    assertThat(slow.dispatched).flatExtracting(ShardBatch::shards).hasSize(20);
    thirty(() -> slow.completeWith(upload, layer, chain));
    assertThat(slow.dispatched).flatExtracting(ShardBatch::shards).hasSize(20);

    slow.now = slow.now.plusSeconds(21);
    areDead.set(false);
    thirty(() -> slow.announceAll(upload, chain));
    assertThat(slow.dispatched).flatExtracting(ShardBatch::shards).hasSize(40);
    assertThat(slow.announceAll(upload, chain))
        .as("all is written")
        .isEqualTo(new PartsAnswer(0, 0));
  }

  @Test
  void announce_rejectedParts_areTriedAgainAtOnce_byOneOfThirty() {
    byte[] layer = bytes(1_200 * SHARD, 1);
    LayerId upload = store.open(sha256(layer), layer.length).upload();
    Chain chain = chain(layer);
    store.stageAll(upload, bytes(1_200 * SHARD, 2));
    store.announceAll(upload, chain);
    assertThat(store.index.uploads().rejections(upload)).hasSize(1_200);
    assertThatThrownBy(() -> store.complete(upload, layer)).hasMessageContaining("do not match");

    store.dispatched.clear();
    store.stageAll(upload, layer);
    thirty(() -> store.announceAll(upload, chain));
    assertThat(store.dispatched).flatExtracting(ShardBatch::shards).hasSize(1_200);
    assertThat(store.index.uploads().rejections(upload)).isEmpty();
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
  }

  @Test
  void announce_shardWritersThatCannotBeInvoked_isNotInTheWayOfTheNextTry() {
    AtomicBoolean fails = new AtomicBoolean(true);
    MemoryStore failing =
        new MemoryStore(
            _ -> {
              if (fails.get()) {
                throw new Unavailable("the shard-writer", new IOException("it is throttled"));
              }
            });
    byte[] layer = bytes(3 * SHARD, 1);
    LayerId upload = failing.open(sha256(layer), layer.length).upload();
    failing.stageAll(upload, layer);
    assertThatThrownBy(() -> failing.announceAll(upload, chain(layer)))
        .isInstanceOf(Unavailable.class);
    fails.set(false);
    assertThat(failing.announceAll(upload, chain(layer))).isEqualTo(new PartsAnswer(3, 1));
  }

  @Test
  void lists_longerThanALayerHasShards_areRefused() {
    List<Integer> staged = Collections.nCopies(10_001, 0);
    Link link = new Link(ChainState.INITIAL, ChainState.INITIAL);
    List<Link> links = Collections.nCopies(10_001, link);
    for (ThrowingCallable request :
        List.<ThrowingCallable>of(
            () -> new PartsRequest(staged, List.of()),
            () -> new PartsRequest(List.of(), links),
            () ->
                new CompleteRequest(
                    sha256(new byte[0]),
                    0,
                    Optional.of(Collections.nCopies(10_001, ChainState.INITIAL))))) {
      assertThatThrownBy(request)
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SIZE_INVALID))
          .hasMessageContaining("at most 10000 entries");
    }
    assertThat(new PartsRequest(staged.subList(1, 10_001), links.subList(1, 10_001)).links())
        .hasSize(10_000);
  }

  private static void thirty(Supplier<?> call) {
    Parallel.map(IntStream.range(0, 30).boxed().toList(), 30, _ -> call.get());
  }
}
