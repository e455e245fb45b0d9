package dev.lamella.core.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryCollections;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
  private Instant now = NOW.plus(GRACE).plus(GRACE);
  private boolean isSilent;
  private final Collect collect = collect(answering());

  private Collect collect(ShardStore servers) {
    return collect(servers, index.layers(), index.shards());
  }

  private Collect collect(ShardStore servers, LayerIndex layers, ShardIndex shards) {
    return new Collect(
        collections,
        index.images(),
        layers,
        shards,
        index.uploads(),
        new MemoryStaging(),
        servers,
        new MemoryAssembledLayers(store),
        index.assemblies(),
        _ -> true,
        new CollectSettings(GRACE, 8, 1),
        () -> now);
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
    Layer layer = commit(upload);

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
    assertThat(store.kept(orphan.copies().getFirst())).isPresent();

    isSilent = false;
    collect.run(true, () -> true);
    assertThat(left(upload.id())).isZero();
    assertThat(index.uploads().find(upload.id())).isEmpty();
  }

  @Test
  void run_objectThatNoRecordNames_isFoundADayAfterItWasWritten() {
    Shard lost = shard(LayerId.random(), 0);
    store.put(lost, new byte[SHARD]);

    now = Instant.now().plus(Duration.ofHours(23));
    assertThat(tally(dryRun(collect), Step.OBJECTS).count()).isZero();
    now = Instant.now().plus(Duration.ofHours(25));
    Tally found = tally(dryRun(collect), Step.OBJECTS);
    assertThat(found.count()).isEqualTo(1);
    assertThat(found.bytes()).isEqualTo(SHARD);
    assertThat(found.finds())
        .containsExactly(Find.of("s1 " + lost.copies().getFirst().key(), SHARD));
    assertThat(store.kept(lost.copies().getFirst())).isPresent();

    collect.run(true, () -> true);
    assertThat(store.kept(lost.copies().getFirst())).isEmpty();
  }

  /** Whoever put it there chose its name: a run has to have room for a hundred of them. */
  @Test
  void run_objectsWithNamesThatNoShardHas_areKeptAndNamedInABound() {
    LayerId id = LayerId.random();
    List<Shard> foreign =
        Stream.of("layers/notes.txt", "layers/o" + "\u0001".repeat(1_000))
            .map(key -> new Shard(IMAGE, id, 0, 0, SHARD, "s1", key, shard(id, 0).link()))
            .toList();
    foreign.forEach(shard -> store.put(shard, new byte[SHARD]));
    now = Instant.now().plus(GRACE).plus(GRACE);

    Tally found = tally(collect.run(true, () -> true), Step.OBJECTS);

    assertThat(found.count()).isZero();
    assertThat(found.kept())
        .containsExactly(
            "s1 'layers/notes.txt': this is no name of a shard",
            "s1 'layers/o%s…': this is no name of a shard".formatted("?".repeat(142)));
    assertThat(foreign).allMatch(shard -> store.kept(shard.copies().getFirst()).isPresent());
  }

  /** Its shards may be on their way there again. */
  @Test
  void run_objectThatNoRecordOfADamagedLayerNames_isKeptAndNamedUntilItIsHealed() {
    Upload upload = upload(1);
    Layer layer = commit(upload);
    index.layers().damage(layer.digest(), layer.id(), List.of(0));
    Shard elsewhere = on("s0", shard(upload.id(), 0));
    store.put(elsewhere, new byte[SHARD]);
    now = Instant.now().plus(Duration.ofDays(2));
    index.layers().link(IMAGE, layer.digest(), now);

    Tally found = tally(collect.run(true, () -> true), Step.OBJECTS);

    assertThat(found.count()).isZero();
    assertThat(found.kept())
        .containsExactly(
            "s0 %s: layer %s is damaged, and a push may heal it"
                .formatted(elsewhere.copies().getFirst().key(), layer.digest()));
    assertThat(store.kept(elsewhere.copies().getFirst())).isPresent();
  }

  @Test
  void run_copiesOnTwoServers_areBothKept_andBothRemovedWithTheirLayer() {
    Upload upload = upload(1);
    Layer layer = commit(upload);
    Shard one = shard(upload.id(), 0);
    Copy copy = one.copies().getFirst();
    Shard two =
        new Shard(IMAGE, one.layer(), 0, 0, SHARD, one.link(), List.of(copy, copy.on("s0")));
    store.put(two, new byte[SHARD]);
    assertThat(index.shards().change(one, two)).isTrue();
    now = Instant.now().plus(Duration.ofDays(2));
    index.layers().link(IMAGE, layer.digest(), now);

    assertThat(tally(collect.run(true, () -> true), Step.OBJECTS).count()).isZero();
    assertThat(two.copies()).allMatch(each -> store.kept(each).isPresent());

    now = now.plus(GRACE).plusSeconds(1);
    collect.run(true, () -> true);
    assertThat(two.copies()).noneMatch(each -> store.kept(each).isPresent());
    assertThat(left(upload.id())).isZero();
  }

  /** Its push ends while the sweep looks: the object that no record named is the shard now. */
  @Test
  void run_damagedLayerIsHealedMeanwhile_keepsItsShards() {
    Upload upload = upload(1);
    Layer layer = commit(upload);
    index.layers().damage(layer.digest(), layer.id(), List.of(0));
    Shard recorded = shard(upload.id(), 0);
    Shard healed = on("s0", recorded);
    store.put(healed, new byte[SHARD]);
    now = Instant.now().plus(Duration.ofDays(2));
    index.layers().link(IMAGE, layer.digest(), now);
    AtomicInteger asked = new AtomicInteger();
    ShardIndex healing =
        (ShardIndex)
            Proxy.newProxyInstance(
                ShardIndex.class.getClassLoader(),
                new Class<?>[] {ShardIndex.class},
                (_, method, arguments) -> {
                  Object answer = method.invoke(index.shards(), arguments);
                  if (method.getName().equals("find") && asked.incrementAndGet() == 2) {
                    assertThat(index.shards().change(recorded, healed)).isTrue();
                    index.layers().repaired(layer.digest(), layer.id(), 0);
                  }
                  return answer;
                });

    collect(store, index.layers(), healing).run(true, () -> true);

    assertThat(index.layers().find(layer.digest()).orElseThrow().isDamaged()).isFalse();
    assertThat(store.kept(healed.copies().getFirst())).isPresent();
  }

  /** No write leads there: somebody has changed the table, or it was put together from backups. */
  @Test
  void run_recordsOfACommittedUploadWithoutItsLayer_areKeptAndNamed() {
    Upload upload = upload(1);
    commit(upload);
    LayerIndex without =
        (LayerIndex)
            Proxy.newProxyInstance(
                LayerIndex.class.getClassLoader(),
                new Class<?>[] {LayerIndex.class},
                (_, method, arguments) ->
                    switch (method.getName()) {
                      case "find" -> Optional.empty();
                      case "unreferenced" -> new Page<>(List.of(), Optional.empty());
                      default -> method.invoke(index.layers(), arguments);
                    });

    CollectionRun run = collect(store, without, index.shards()).run(true, () -> true);

    assertThat(tally(run, Step.RECORDS).count()).isZero();
    assertThat(tally(run, Step.RECORDS).kept())
        .containsExactly(
            "records of upload %s: it is committed, and its layer is not stored"
                .formatted(upload.id()));
    assertThat(left(upload.id())).isEqualTo(SHARDS);
  }

  @Test
  void dryRun_idWhoseRecordsAreOnManyPages_isNamedAndCountedOnce() {
    List<LayerId> gone = List.of(LayerId.random(), LayerId.random());
    gone.forEach(id -> write(id, 3));
    Collect paged = collect(store, index.layers(), new OneRecordAPage(index.shards()));

    Tally found = tally(dryRun(paged), Step.RECORDS);

    assertThat(found.count()).isEqualTo(2);
    assertThat(found.finds())
        .containsExactlyInAnyOrderElementsOf(
            gone.stream().map(id -> Find.of("records of upload " + id, 0)).toList());
    assertThat(gone).allMatch(id -> left(id) == 3);
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

  private CollectionRun dryRun(Collect by) {
    CollectionRun run = collections.start(CollectionRun.begun(true, true, now));
    return by.run(run.id(), () -> true).orElseThrow();
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

  private Layer commit(Upload upload) {
    Layer layer =
        new Layer(
            upload.digest(), upload.id(), upload.slicing(), Map.of(), NOW, NOW, Optional.empty());
    index.layers().commit(upload, layer);
    return layer;
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

  private static Shard on(String server, Shard shard) {
    Copy copy = shard.copies().getFirst();
    return shard.with(copy, copy.on(server));
  }
}
