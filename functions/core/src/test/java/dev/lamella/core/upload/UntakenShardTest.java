package dev.lamella.core.upload;

import static dev.lamella.core.access.Caller.ANYBODY;
import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.collect.Collect;
import dev.lamella.core.collect.CollectSettings;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryCollections;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Storage servers that do not take a shard. */
class UntakenShardTest {
  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(6 * SHARD, 1);
  private final Digest digest = sha256(layer);

  @Test
  void push_serverTakesNothing_placesItsShardsOnTheNext() throws IOException {
    store.silent.add("s1");

    store.push(layer);

    assertThat(store.stored(digest)).isEqualTo(layer);
    assertThat(store.index.layers().find(digest).orElseThrow().servers())
        .isEqualTo(Map.of("s0", 2, "s2", 4));
  }

  @Test
  void push_serialPassAndServerTakesNothing_placesItsShardsOnTheNext() throws IOException {
    store.silent.add("s1");
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);

    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);

    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  /** It took the shard all the same: what no record names is found, and nothing else. */
  @Test
  void push_serverTakesShardsAndItsAnswersAreLost_leavesThemToBeCollected() throws IOException {
    store.silent.add("s1");
    store.losesAnswers = true;

    LayerId upload = store.push(layer);

    assertThat(store.stored(digest)).isEqualTo(layer);
    List<String> found = objectsThatNoRecordNames();
    assertThat(found)
        .as("what was asked of it before it was left alone")
        .isNotEmpty()
        .isSubsetOf(
            "s1 " + Shard.keyOf(upload, 1, chain(layer).link(1)),
            "s1 " + Shard.keyOf(upload, 4, chain(layer).link(4)));
  }

  private List<String> objectsThatNoRecordNames() {
    Instant later = Instant.now().plus(Duration.ofHours(2));
    MemoryCollections collections = new MemoryCollections();
    CollectionRun dryRun = collections.start(CollectionRun.begun(true, true, later));
    Collect collect =
        new Collect(
            collections,
            store.index.images(),
            store.index.layers(),
            store.index.shards(),
            store.index.uploads(),
            store.staging,
            store.shardStore,
            new MemoryAssembledLayers(store.shardStore),
            store.index.assemblies(),
            _ -> true,
            new CollectSettings(Duration.ofHours(1), 8, 1),
            () -> later);
    return collect.run(dryRun.id(), () -> true).orElseThrow().found().stream()
        .filter(tally -> tally.of() == Step.OBJECTS)
        .flatMap(tally -> tally.finds().stream())
        .map(Find::name)
        .toList();
  }

  @Test
  void complete_noServerTakesAShard_namesThemAtOnceAndGoesOnWhenTheyDo() throws IOException {
    store.silent.addAll(List.of("s0", "s1", "s2"));
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);

    assertUntaken(() -> store.completeWith(upload, layer, chain(layer)));
    assertUntaken(() -> store.complete(upload, layer));
    UploadProgress progress =
        store.ask(IMAGE, digest, layer.length, Optional.of(upload)).missing().getFirst();
    assertThat(progress.unavailable()).containsExactly("s0", "s1", "s2");
    assertThat(progress.rejected()).isEmpty();
    assertThat(progress.staged()).as("not to be sent again").hasSize(6);

    store.silent.clear();
    assertThat(store.completeWith(upload, layer, chain(layer)))
        .isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void complete_serialPassAndNoServerTakesAShard_namesThemAtOnceAndGoesOnWhenTheyDo()
      throws IOException {
    store.silent.addAll(List.of("s0", "s1", "s2"));
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);

    assertUntaken(() -> store.complete(upload, layer));

    store.silent.clear();
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void put_smallBlobAndNoServerTakesIt_namesThem() throws IOException {
    byte[] small = bytes(SHARD, 2);
    store.silent.addAll(List.of("s0", "s1", "s2"));

    assertUntaken(() -> store.finishBlob.store(ANYBODY, IMAGE, small, sha256(small)));

    store.silent.remove("s2");
    store.finishBlob.store(ANYBODY, IMAGE, small, sha256(small));
    assertThat(store.stored(sha256(small))).isEqualTo(small);
  }

  @Test
  void repair_serverTakesNothing_writesTheShardToTheNext() throws IOException {
    LayerId stored = store.push(layer);
    Shard lost = store.index.shards().from(stored, 1, 1).getFirst();
    store.shardStore.lose(lost.copies().getFirst());
    store.index.layers().damage(digest, stored, List.of(1));
    store.silent.add("s1");

    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, layer, 1);
    store.completeWith(upload, layer, chain(layer));

    assertThat(store.index.shards().from(stored, 1, 1).getFirst().copies().getFirst().server())
        .isEqualTo("s2");
    assertThat(store.index.layers().find(digest).orElseThrow().isDamaged()).isFalse();
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  private static void assertUntaken(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Unavailable.class,
            e -> assertThat(e.storageServers()).containsExactly("s0", "s1", "s2"))
        .hasMessage("storage servers s0, s1, s2 are not available");
  }
}
