package dev.lamella.core.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryCollections;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.ShardStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Collection in invocations that have time for one part each. */
class CollectTest {
  private static final int SHARD = 64;
  private static final int SHARDS = 2_500;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration GRACE = Duration.ofDays(7);
  private static final RepositoryName IMAGE = new RepositoryName("team/app");

  private final MemoryIndex index = MemoryIndex.create();
  private final MemoryShardStore store = new MemoryShardStore();
  private final MemoryCollections collections = new MemoryCollections();
  private boolean isSilent;
  private final Collect collect = collect(answering());

  private Collect collect(ShardStore servers) {
    return new Collect(
        collections,
        index.images(),
        index.layers(),
        index.shards(),
        index.uploads(),
        new MemoryStaging(),
        servers,
        new MemoryAssembledLayers(store),
        index.assemblies(),
        _ -> true,
        new CollectSettings(GRACE, 8, 1),
        () -> NOW.plus(GRACE).plus(GRACE));
  }

  @Test
  void run_uploadOfMoreShardsThanThereIsTimeFor_goesOnAmongThemAndCountsItOnce() {
    Upload upload = upload(1);
    awaitStep(Step.UPLOADS);

    CollectionRun run = invoke();
    assertThat(run.step()).isEqualTo(Step.UPLOADS);
    assertThat(tally(run, Step.UPLOADS).count()).isZero();
    assertThat(left(upload.id())).isEqualTo(1_500);
    assertThat(index.uploads().find(upload.id())).as("it leads to the rest").isPresent();

    run = invoke();
    assertThat(run.step()).isEqualTo(Step.UPLOADS);
    assertThat(left(upload.id())).isEqualTo(500);

    run = invoke();
    assertThat(tally(run, Step.UPLOADS).count()).isEqualTo(1);
    assertThat(tally(run, Step.UPLOADS).bytes()).isEqualTo((long) SHARDS * SHARD);
    assertThat(left(upload.id())).isZero();
    assertThat(index.uploads().find(upload.id())).isEmpty();
    assertThat(run.step()).isEqualTo(Step.ASSEMBLED);
  }

  @Test
  void run_layerOfMoreShardsThanThereIsTimeFor_isCondemnedAndItsRestGoesWithTheUploads() {
    Upload upload = upload(1);
    Layer layer =
        new Layer(
            upload.digest(), upload.id(), upload.slicing(), Map.of(), NOW, NOW, Optional.empty());
    index.layers().commit(upload, layer);

    CollectionRun run = invoke();
    while (run.isRunning()) {
      assertThat(index.layers().find(layer.digest()).isPresent())
          .isEqualTo(run.step().compareTo(Step.LAYERS) <= 0 && left(upload.id()) == SHARDS);
      run = invoke();
    }

    assertThat(tally(run, Step.LAYERS).count()).isZero();
    assertThat(tally(run, Step.UPLOADS).count()).isEqualTo(1);
    assertThat(left(upload.id())).isZero();
    assertThat(index.uploads().find(upload.id())).isEmpty();
  }

  @Test
  void run_recordsOfMoreUploadsThanThereIsTimeFor_goesOnAmongThem() {
    List<LayerId> gone = List.of(LayerId.random(), LayerId.random(), LayerId.random());
    gone.forEach(id -> write(id, 2));
    awaitStep(Step.RECORDS);

    for (int done = 1; done < gone.size(); done++) {
      CollectionRun run = invoke();
      assertThat(run.isRunning()).isTrue();
      assertThat(tally(run, Step.RECORDS).count()).isEqualTo(done);
      assertThat(gone.stream().filter(id -> left(id) > 0)).hasSize(gone.size() - done);
    }
    CollectionRun run = invoke();
    assertThat(run.step()).isEqualTo(Step.LEFTOVERS);
    assertThat(tally(run, Step.RECORDS).count()).isEqualTo(gone.size());
    assertThat(gone).allMatch(id -> left(id) == 0);
    assertThat(invoke().isRunning()).isFalse();
  }

  @Test
  void run_stepThatFails_isLeftWithTheReason_andTheOthersAreDone() {
    ShardStore broken =
        (ShardStore)
            Proxy.newProxyInstance(
                ShardStore.class.getClassLoader(),
                new Class<?>[] {ShardStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("list")) {
                    throw new IllegalStateException("it lists nonsense");
                  }
                  return method.invoke(store, arguments);
                });
    Collect odd = collect(broken);
    LayerId gone = LayerId.random();
    write(gone, 2);
    store.put(index.shards().from(gone, 0, 1).getFirst(), new byte[SHARD]);

    assertThatThrownBy(() -> odd.run(true, () -> true)).hasMessage("it lists nonsense");
    CollectionRun run = collections.list(1).getFirst();
    assertThat(run.isRunning()).isFalse();
    assertThat(tally(run, Step.OBJECTS).kept())
        .singleElement()
        .asString()
        .contains("it lists nonsense");
    assertThat(tally(run, Step.RECORDS).count()).isEqualTo(1);
    assertThat(left(gone)).isZero();
  }

  /** What is on one that is out of order stays, and is named; all else goes on. */
  @Test
  void run_storageServerDoesNotAnswer_goesOnWithTheOthersAndRemovesTheRestLater() {
    Upload upload = upload(1);
    LayerId gone = LayerId.random();
    Shard orphan = shard(gone, 0);
    store.put(orphan, new byte[SHARD]);
    isSilent = true;

    CollectionRun run = collect.run(true, () -> true);

    assertThat(run.isRunning()).isFalse();
    for (Step step : List.of(Step.UPLOADS, Step.OBJECTS)) {
      assertThat(tally(run, step).kept())
          .isNotEmpty()
          .allMatch(kept -> kept.contains("storage server s1 is not available"));
    }
    assertThat(left(upload.id())).isEqualTo(SHARDS);
    assertThat(index.uploads().find(upload.id())).as("it leads to the rest").isPresent();
    assertThat(store.kept(orphan)).isPresent();

    isSilent = false;
    collect.run(true, () -> true);
    assertThat(left(upload.id())).isZero();
    assertThat(index.uploads().find(upload.id())).isEmpty();
  }

  /** The storage servers, which may not answer. */
  private ShardStore answering() {
    return (ShardStore)
        Proxy.newProxyInstance(
            ShardStore.class.getClassLoader(),
            new Class<?>[] {ShardStore.class},
            (_, method, arguments) -> {
              if (isSilent
                  && (method.getName().equals("remove") || method.getName().equals("list"))) {
                throw Unavailable.storageServers(List.of("s1"), new IOException("silence"));
              }
              return method.invoke(store, arguments);
            });
  }

  /** Has time when it is asked for the first time, and then no more. */
  private CollectionRun invoke() {
    AtomicBoolean hasTime = new AtomicBoolean(true);
    return collect.run(true, () -> hasTime.getAndSet(false));
  }

  private void awaitStep(Step step) {
    CollectionRun run = invoke();
    while (run.step() != step) {
      assertThat(run.isRunning()).isTrue();
      run = invoke();
    }
  }

  private Upload upload(int seed) {
    Digest digest = Digest.parse("sha256:" + "%064x".formatted(seed));
    Slicing slicing = new Slicing((long) SHARDS * SHARD, SHARD);
    Upload upload =
        Upload.open(LayerId.random(), IMAGE, digest, slicing, NOW, NOW.plus(Duration.ofHours(1)));
    index.uploads().create(upload);
    write(upload.id(), SHARDS);
    return upload;
  }

  private void write(LayerId id, int shards) {
    for (int i = 0; i < shards; i++) {
      index.shards().put(shard(id, i));
    }
  }

  private static Shard shard(LayerId id, int i) {
    ChainState state = ChainState.ofHex("0".repeat(64));
    Link link = new Link(state, state);
    return new Shard(IMAGE, id, i, (long) i * SHARD, SHARD, "s1", Shard.keyOf(id, i, link), link);
  }

  private int left(LayerId id) {
    return index.shards().from(id, 0, SHARDS).size();
  }

  private static Tally tally(CollectionRun run, Step step) {
    return run.found().stream().filter(tally -> tally.of() == step).findFirst().orElseThrow();
  }
}
