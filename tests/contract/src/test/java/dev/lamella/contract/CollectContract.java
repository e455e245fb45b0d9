package dev.lamella.contract;

import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.bytes;
import static dev.lamella.contract.Samples.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the janitor removes and what it leaves, however it is killed and whoever is at work. */
abstract class CollectContract {
  /** Five shards on two storage servers. */
  static final int SIZE = 600;

  private static final int ENOUGH = 200;

  static final Instant AFTER_GRACE = NOW.plus(Site.GRACE).plusSeconds(1);
  static final Instant LONG_AFTER = AFTER_GRACE.plus(Site.GRACE).plus(Site.GRACE);

  @SuppressWarnings("NullAway.Init") // Before each test.
  Ports ports;

  final byte[] layer = bytes(SIZE);
  final Digest digest = Samples.sha256(layer);

  /** An empty store where that costs nothing; else the one of this test. */
  abstract Ports ports();

  /**
   * The ports of one who does something before each thing that others can see.
   *
   * @param actor one of them, from 0 on
   */
  abstract Ports stepping(int actor, Runnable step) throws Exception;

  abstract void send(LayerId upload, int index, byte[] part) throws Exception;

  /** The schedules that are tried of each race. */
  abstract List<Integer> schedules();

  /** How many calls are between one after which a collection dies and the next that is tried. */
  abstract int deathsApart();

  Site at(Instant time) {
    return site(ports, time);
  }

  private Site site(Ports through, Instant time) {
    return new Site(through, this::send, time);
  }

  @BeforeEach
  void open() {
    ports = ports();
  }

  @Test
  void collect_layerThatNoManifestReferences_leavesNothingOfIt() throws Exception {
    at(NOW).upload(image(), layer);
    LayerId id = ports.indexes().layers().find(digest).orElseThrow().id();
    List<Shard> shards = ports.indexes().shards().from(id, 0, 100);
    at(NOW).upload(image(), layer);

    CollectionRun run = at(AFTER_GRACE).collect();

    assertThat(run.isRunning()).isFalse();
    Tally tally = tally(run, Step.LAYERS);
    assertThat(tally.finds()).extracting(Find::name).contains(digest.toString());
    assertThat(tally.bytes()).isGreaterThanOrEqualTo(SIZE);
    assertThat(ports.indexes().layers().find(digest)).isEmpty();
    assertThat(shards).hasSize(5);
    assertNothingIsLeft(id, shards);
  }

  @Test
  void collect_layerThatWasUsedLately_leavesIt() throws Exception {
    RepositoryName image = image();
    at(NOW).upload(image, layer);
    at(AFTER_GRACE.minusSeconds(2)).upload(image(), layer);

    at(AFTER_GRACE).collect();

    assertThat(at(AFTER_GRACE).pull(image, digest)).contains(layer);
  }

  @Test
  void collect_layerOfAManifest_leavesItForEver() throws Exception {
    RepositoryName image = image();
    at(NOW).push(image, layer);

    at(LONG_AFTER).collect();

    assertThat(at(LONG_AFTER).pull(image, digest)).contains(layer);
  }

  @Test
  void collect_dryRun_saysWhatAndChangesNothing() throws Exception {
    RepositoryName image = image();
    at(NOW).upload(image, layer);
    LayerId open = at(NOW).send(image, bytes(SIZE)).orElseThrow();
    ports.collections().start(CollectionRun.begun(true, true, NOW));

    CollectionRun run = at(AFTER_GRACE).collect();

    assertThat(run.dryRun()).isTrue();
    assertThat(tally(run, Step.LAYERS).finds()).extracting(Find::name).contains(digest.toString());
    assertThat(tally(run, Step.UPLOADS).finds())
        .extracting(Find::name)
        .anySatisfy(name -> assertThat(name).contains(open.value()));
    assertThat(at(AFTER_GRACE).pull(image, digest)).contains(layer);
    assertThat(ports.staging().staged(open)).hasSize(5);
  }

  @Test
  void collect_expiredUpload_leavesNothingOfIt() throws Exception {
    LayerId upload = at(NOW).send(image(), layer).orElseThrow();
    Link link = Samples.link();
    Shard written = new Shard(image(), upload, 0, 0, 10, "s1", Shard.keyOf(upload, 0, link), link);
    Shard withoutRecord = Samples.shard(upload, 1);
    ports.indexes().shards().put(Samples.put(ports.store(), written, bytes(10)));
    Samples.put(ports.store(), withoutRecord, bytes(64));
    ports.indexes().uploads().reject(upload, new Rejection(2, Rejection.Reason.WRONG_LINK));

    at(NOW.plus(Site.LIFETIME)).collect();
    assertThat(ports.staging().staged(upload)).hasSize(5);

    at(AFTER_GRACE).collect();
    assertNothingIsLeft(upload, List.of(written, withoutRecord));
  }

  @Test
  void collect_committedUpload_leavesItsLayer() throws Exception {
    RepositoryName image = image();
    at(NOW).push(image, layer);
    LayerId id = ports.indexes().layers().find(digest).orElseThrow().id();
    send(id, 0, bytes(10));

    at(AFTER_GRACE).collect();

    assertThat(ports.staging().staged(id)).isEmpty();
    assertThat(at(AFTER_GRACE).pull(image, digest)).contains(layer);
  }

  @Test
  void collect_storageServerThatIsNotConfigured_isToldAndKept() throws Exception {
    Ports lacking =
        new Ports(
            ports.indexes(),
            ports.collections(),
            ports.staging(),
            new Lacking(ports.store(), "s1"),
            ports.assembled());
    at(NOW).upload(image(), layer);
    LayerId id = ports.indexes().layers().find(digest).orElseThrow().id();

    CollectionRun run = site(lacking, AFTER_GRACE).collect();

    assertThat(run.isRunning()).isFalse();
    assertThat(tally(run, Step.LAYERS).kept())
        .anySatisfy(kept -> assertThat(kept).contains("'s1'", id.value()));
    assertThat(ports.indexes().shards().from(id, 0, 100)).isNotEmpty();
    at(AFTER_GRACE).collect();
    assertNothingIsLeft(id, List.of());
  }

  @Test
  void collect_assembledLayers_removesThoseThatExpiredOrAreNotKnown() throws Exception {
    LayerId fresh = assembled(Optional.of(AFTER_GRACE.minus(Duration.ofDays(1))));
    LayerId old = assembled(Optional.of(AFTER_GRACE.minus(Duration.ofDays(3))));
    LayerId unknown = assembled(Optional.empty());
    LayerId underway = assembled(Optional.empty());
    ports
        .indexes()
        .assemblies()
        .claim(underway, Assembly.NONE, AFTER_GRACE, AFTER_GRACE.plusSeconds(60));

    CollectionRun run = at(AFTER_GRACE).collect();

    assertThat(tally(run, Step.ASSEMBLED).finds())
        .extracting(Find::name)
        .anySatisfy(name -> assertThat(name).contains(old.value()))
        .anySatisfy(name -> assertThat(name).contains(unknown.value()));
    assertThat(Stream.of(fresh, old, unknown, underway).map(ports.assembled()::has))
        .containsExactly(true, false, false, true);
    Assembly then = ports.indexes().assemblies().find(old);
    assertThat(then).as("it can be assembled anew").isEqualTo(Assembly.NONE);
  }

  private LayerId assembled(Optional<Instant> time) throws Exception {
    LayerId id = LayerId.random();
    ports
        .assembled()
        .assemble(id, List.of(Samples.put(ports.store(), Samples.shard(id, 0), bytes(64))));
    if (time.isPresent()) {
      Instant until = time.get().plusSeconds(1);
      ports.indexes().assemblies().claim(id, Assembly.NONE, time.get(), until);
      ports.indexes().assemblies().assembled(id, until, time.get());
    }
    return id;
  }

  /** An invocation that outlived its upload, or failed between object and record. */
  @Test
  void collect_whatNothingLeadsTo_isRemovedAndNothingElse() throws Exception {
    RepositoryName image = image();
    at(NOW).push(image, layer);
    LayerId stored = ports.indexes().layers().find(digest).orElseThrow().id();
    Shard elsewhere = Samples.put(ports.store(), Samples.shard(stored, 0), bytes(64));
    Shard late = Samples.put(ports.store(), Samples.shard(LayerId.random(), 0), bytes(64));
    ports.indexes().shards().put(late);
    Shard alone = Samples.put(ports.store(), Samples.shard(LayerId.random(), 7), bytes(64));
    Instant later = Instant.now().plus(Site.GRACE);
    LayerId open = site(ports, later).send(image, bytes(SIZE)).orElseThrow();
    Shard underway = Samples.put(ports.store(), Samples.shard(open, 0), bytes(64));

    at(later.minus(Site.GRACE).minusSeconds(60)).collect();
    assertThat(ports.store().kept(alone.copies().getFirst())).isPresent();
    CollectionRun run = at(later.plusSeconds(60)).collect();

    assertThat(tally(run, Step.OBJECTS).count()).isGreaterThanOrEqualTo(2);
    assertThat(ports.store().kept(elsewhere.copies().getFirst())).isEmpty();
    assertThat(ports.store().kept(alone.copies().getFirst())).isEmpty();
    assertNothingIsLeft(late.layer(), List.of(late));
    assertThat(at(AFTER_GRACE).pull(image, digest)).contains(layer);
    assertThat(ports.indexes().uploads().find(open)).isPresent();
    assertThat(ports.store().kept(underway.copies().getFirst())).isPresent();
  }

  @Test
  void collect_outOfTime_goesOnWhereItStopped() throws Exception {
    at(NOW).upload(image(), layer);
    CollectionRun run = CollectionRun.begun(false, true, NOW);
    for (int invocation = 0; run.isRunning(); invocation++) {
      AtomicInteger pages = new AtomicInteger();
      CollectionRun next = at(AFTER_GRACE).collect(() -> pages.getAndIncrement() == 0);
      assertThat(next.revision()).isEqualTo(invocation + 1L);
      run = next;
    }

    assertThat(run.found()).extracting(Tally::of).containsExactly(Step.values());
    assertThat(ports.indexes().layers().find(digest)).isEmpty();
    assertThat(ports.collections().find(run.id())).contains(run);
  }

  /** However far it comes, the next run does the rest. */
  @Test
  void collect_diesBeforeAnyCall_theNextRunDoesTheRest() throws Exception {
    boolean died = true;
    for (int calls = 0; died; calls += deathsApart()) {
      byte[] collected = bytes(SIZE);
      at(NOW).upload(image(), collected);
      LayerId committed =
          ports.indexes().layers().find(Samples.sha256(collected)).orElseThrow().id();
      List<Shard> shards = ports.indexes().shards().from(committed, 0, 100);
      LayerId open = at(NOW).send(image(), layer).orElseThrow();
      AtomicInteger left = new AtomicInteger(calls);
      Runnable step =
          () -> {
            if (left.getAndDecrement() <= 0) {
              throw new IllegalStateException("died");
            }
          };
      Site dying = site(ports.before(step), AFTER_GRACE);

      died = false;
      try {
        dying.collect();
      } catch (RuntimeException e) {
        died = true;
      }
      assertThat(at(AFTER_GRACE).collect().isRunning()).isFalse();

      // What died in a run that had passed its step is found by the run after it.
      at(AFTER_GRACE).collect();
      assertNothingIsLeft(committed, shards);
      assertNothingIsLeft(open, List.of());
      assertThat(calls).isLessThan(500);
    }
  }

  @Test
  void collect_racingWithAPush_neverLeavesAManifestWithoutItsLayer() throws Exception {
    race(List.of(Site::push));
  }

  @Test
  void collect_racingWithAMount_neverLeavesAManifestWithoutItsLayer() throws Exception {
    race(List.of(Site::mount));
  }

  @Test
  void collect_racingWithAll_neverLeavesAManifestWithoutItsLayer() throws Exception {
    race(List.of(Site::push, Site::mount, Site::push));
  }

  @Test
  void collect_imageWhoseTagWasDeleted_leavesNothingOfIt() throws Exception {
    RepositoryName image = image();
    at(NOW).push(image, layer);
    LayerId id = ports.indexes().layers().find(digest).orElseThrow().id();
    List<Shard> shards = ports.indexes().shards().from(id, 0, 100);
    ports.indexes().images().delete(image, Site.TAG, NOW);

    at(AFTER_GRACE.minusSeconds(2)).collect();
    assertThat(ports.indexes().images().exists(image)).isTrue();
    CollectionRun run = at(AFTER_GRACE).collect();

    assertThat(tally(run, Step.MANIFESTS).finds())
        .extracting(Find::name)
        .anySatisfy(name -> assertThat(name).endsWith(" of " + image));
    assertThat(ports.indexes().images().exists(image)).isFalse();
    assertThat(at(AFTER_GRACE).pull(image, digest)).contains(layer);
    at(LONG_AFTER).collect();
    assertThat(ports.indexes().layers().find(digest)).isEmpty();
    assertNothingIsLeft(id, shards);
  }

  /** The image is pushed again, by the same tag, while the janitor is about to remove it. */
  @Test
  void collect_imageWhoseTagWasDeleted_racingWithItsPush_neverLosesIt() throws Exception {
    int removed = 0;
    for (int schedule : schedules()) {
      ports = ports();
      byte[] wanted = bytes(SIZE);
      RepositoryName image = image();
      at(NOW).push(image, wanted);
      ports.indexes().images().delete(image, Site.TAG, NOW);

      play(List.of(Site::push), List.of(image), wanted, Order.of(schedule, 1));

      assertAllHave(List.of(image), Samples.sha256(wanted), wanted, schedule);
      at(LONG_AFTER).collectHourly();
      assertAllHave(List.of(image), Samples.sha256(wanted), wanted, schedule);
      boolean wasRemoved =
          ports.collections().list(10).stream()
              .anyMatch(
                  run ->
                      tally(run, Step.MANIFESTS).finds().stream()
                          .anyMatch(find -> find.name().endsWith(image.value())));
      removed += wasRemoved ? 1 : 0;
    }
    if (schedules().size() >= ENOUGH) {
      assertThat(removed).isBetween(1, schedules().size() - 1);
    }
  }

  /** A step that no order of the races can stop at would not be tried. */
  @Test
  void order_hasAPointForEachStepOfAHostAndOfAJanitor() throws Exception {
    for (Act act : List.<Act>of(Site::push, Site::mount)) {
      for (int first = 0; first < 2; first++) {
        ports = ports();
        byte[] wanted = bytes(SIZE);
        at(NOW).upload(image(), wanted);
        Integer alone = first;
        List<Integer> steps =
            play(
                List.of(act),
                List.of(image()),
                wanted,
                waiting -> waiting.contains(alone) ? alone : waiting.getFirst());
        assertThat(steps.get(alone)).as("steps of actor %s", alone).isBetween(2, Order.POINTS);
      }
    }
  }

  /** What a host does until its manifest is acknowledged. */
  @FunctionalInterface
  interface Act {
    void by(Site site, RepositoryName image, byte[] layer) throws Exception;
  }

  /** A layer is collectable, and two janitors and these hosts are at it, step by step. */
  private void race(List<Act> hosts) throws Exception {
    int collected = 0;
    for (int schedule : schedules()) {
      ports = ports();
      byte[] wanted = bytes(SIZE);
      Digest name = Samples.sha256(wanted);
      at(NOW).upload(image(), wanted);
      LayerId old = ports.indexes().layers().find(name).orElseThrow().id();
      List<RepositoryName> images = hosts.stream().map(_ -> image()).toList();

      play(hosts, images, wanted, Order.of(schedule, hosts.size()));

      assertAllHave(images, name, wanted, schedule);
      at(LONG_AFTER).collectHourly();
      assertAllHave(images, name, wanted, schedule);
      if (!ports.indexes().layers().find(name).orElseThrow().id().equals(old)) {
        collected++;
        assertNothingIsLeft(old, List.of());
      }
    }
    // A race that only one side ever wins shows nothing; of few, one side may win all.
    if (schedules().size() >= ENOUGH) {
      assertThat(collected).isBetween(1, schedules().size() - 1);
    }
  }

  /**
   * @return how many steps each took: the hosts, and two janitors
   */
  private List<Integer> play(
      List<Act> hosts,
      List<RepositoryName> images,
      byte[] wanted,
      ToIntFunction<List<Integer>> order)
      throws Exception {
    Turns turns = new Turns(hosts.size() + 2);
    List<Callable<?>> work = new ArrayList<>();
    for (int i = 0; i < hosts.size() + 2; i++) {
      int actor = i;
      Site site = site(stepping(actor, () -> turns.step(actor)), AFTER_GRACE);
      work.add(
          actor < hosts.size()
              ? () -> {
                hosts.get(actor).by(site, images.get(actor), wanted);
                return actor;
              }
              : site::collectHourly);
    }
    return turns.run(work, order);
  }

  private void assertAllHave(List<RepositoryName> images, Digest name, byte[] wanted, int schedule)
      throws Exception {
    for (RepositoryName image : images) {
      assertThat(ports.indexes().images().find(image, Site.TAG)).isPresent();
      assertThat(at(AFTER_GRACE).pull(image, name))
          .as("layer of %s after schedule %d", image, schedule)
          .contains(wanted);
    }
  }

  static Tally tally(CollectionRun run, Step step) {
    return run.found().stream().filter(tally -> tally.of() == step).findFirst().orElseThrow();
  }

  private void assertNothingIsLeft(LayerId id, List<Shard> shards) {
    assertThat(ports.indexes().uploads().find(id)).isEmpty();
    assertThat(ports.indexes().uploads().rejections(id)).isEmpty();
    assertThat(ports.indexes().shards().from(id, 0, 100)).isEmpty();
    assertThat(ports.staging().staged(id)).isEmpty();
    assertThat(shards)
        .allSatisfy(
            shard ->
                assertThatThrownBy(() -> ports.store().read(shard.copies().getFirst()))
                    .isInstanceOf(FileNotFoundException.class));
  }
}
