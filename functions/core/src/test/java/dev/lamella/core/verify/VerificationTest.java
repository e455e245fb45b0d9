package dev.lamella.core.verify;

import static dev.lamella.core.verify.Jobs.SHARD;
import static dev.lamella.core.verify.Jobs.bytes;
import static dev.lamella.core.verify.Jobs.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.VerifierEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {
  private static final int SIZE = 5 * SHARD + 100;

  private final Jobs jobs = new Jobs();

  @Test
  void deep_wholeLayers_provesThem() {
    Layer first = jobs.store(1, SIZE);
    Layer empty = jobs.store(2, 0);
    Report report = jobs.run(true);
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.layers()).isEqualTo(2);
    assertThat(report.tally()).isEqualTo(new Tally(7, SIZE, 7, 0, 0));
    assertThat(report.warnings()).isEmpty();
    assertThat(jobs.layer(first).verified()).contains(jobs.now);
    assertThat(jobs.layer(empty).verified()).contains(jobs.now);
  }

  @Property(tries = 100)
  void deep_anyFlippedBit_namesItsShardAndNoOther(
      @ForAll @IntRange(max = SIZE - 1) int at, @ForAll @IntRange(max = 7) int bit) {
    Jobs fresh = new Jobs();
    Layer layer = fresh.store(1, SIZE);
    Layer other = fresh.store(2, SIZE);
    byte[] wrong = bytes(1, SIZE);
    wrong[at] ^= (byte) (1 << bit);
    fresh.store.rot(fresh.copy(layer, at / SHARD), part(wrong, at / SHARD));

    Report light = fresh.run(false);
    assertThat(light.tally().damaged()).as("what no storage server knows").isZero();

    Report deep = fresh.run(true);
    assertThat(fresh.index.reports().findings(deep.id(), 10))
        .extracting(Finding::digest, Finding::index, Finding::kind)
        .containsExactly(tuple(layer.digest(), at / SHARD, Kind.WRONG_BYTES));
    assertThat(fresh.layer(layer).damaged()).containsExactly(at / SHARD);
    assertThat(fresh.layer(layer).verified()).isEmpty();
    assertThat(fresh.layer(other).verified()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_shardGoneOrCutShortOrSwapped_namesIt(boolean deep) {
    Layer layer = jobs.store(1, SIZE);
    byte[] bytes = bytes(1, SIZE);
    jobs.store.lose(jobs.copy(layer, 0));
    jobs.store.rot(jobs.copy(layer, 2), new byte[SHARD - 1]);
    jobs.store.rot(jobs.copy(layer, 3), new byte[SHARD + 1]);
    jobs.store.put(jobs.shard(layer, 4), part(bytes, 1));
    Report report = jobs.run(deep);
    assertThat(jobs.index.reports().findings(report.id(), 10))
        .extracting(Finding::kind)
        .containsExactly(
            Kind.MISSING,
            Kind.WRONG_SIZE,
            Kind.WRONG_SIZE,
            deep ? Kind.WRONG_BYTES : Kind.WRONG_CHECKSUM);
    assertThat(jobs.layer(layer).damaged()).containsExactly(0, 2, 3, 4);
    assertThat(report.tally().damaged()).isEqualTo(4);
    assertThat(report.tally().shards()).isEqualTo(6);
  }

  @Test
  void light_manyShards_areFoundInListsOfObjects_andOnlyTheOthersAreAskedFor() {
    int count = 60;
    Layer layer = jobs.store(1, count * SHARD);
    Scope scope = new Scope(false, Optional.of(new NamePattern(Jobs.IMAGE.value())));
    assertThat(jobs.run(scope).tally()).isEqualTo(new Tally(count, 0, 3, 0, 0));

    jobs.store.lose(jobs.copy(layer, 0));
    jobs.store.rot(jobs.copy(layer, 20), new byte[SHARD - 1]);
    jobs.store.put(jobs.shard(layer, count - 1), new byte[SHARD]);
    Report report = jobs.run(scope);
    assertThat(report.tally()).isEqualTo(new Tally(count, 0, 6, 3, 0));
    assertThat(jobs.index.reports().findings(report.id(), 10))
        .extracting(Finding::index, Finding::kind)
        .containsExactly(
            tuple(0, Kind.MISSING),
            tuple(20, Kind.WRONG_SIZE),
            tuple(count - 1, Kind.WRONG_CHECKSUM));
  }

  @Test
  void deep_recordGone_namesItsShard() {
    Layer layer = jobs.store(1, SIZE);
    jobs.index.shards().remove(List.of(jobs.shard(layer, 3)));
    Report report = jobs.run(true);
    assertThat(jobs.index.reports().findings(report.id(), 10))
        .extracting(Finding::index, Finding::kind)
        .containsExactly(tuple(3, Kind.WRONG_RECORD));
    assertThat(jobs.layer(layer).verified()).isEmpty();
  }

  @Test
  void deep_damageThatWasRepaired_isForgotten_butNotByALightLook() {
    Layer layer = jobs.store(1, SIZE);
    jobs.store.rot(jobs.copy(layer, 2), new byte[SHARD]);
    jobs.run(true);
    Report light = jobs.run(false);
    assertThat(jobs.index.reports().findings(light.id(), 10))
        .as("what it cannot see, but knows")
        .extracting(Finding::index, Finding::kind, Finding::key)
        .containsExactly(tuple(2, Kind.KNOWN_DAMAGE, jobs.copy(layer, 2).key()));
    assertThat(light.tally().damaged()).isEqualTo(1);
    assertThat(jobs.layer(layer).damaged()).containsExactly(2);
    jobs.store.put(jobs.shard(layer, 2), part(bytes(1, SIZE), 2));
    jobs.run(false);
    assertThat(jobs.layer(layer).damaged()).containsExactly(2);
    jobs.run(true);
    assertThat(jobs.layer(layer).damaged()).isEmpty();
    assertThat(jobs.layer(layer).verified()).isPresent();
    assertThat(jobs.run(false).tally().damaged()).isZero();
  }

  /** Some on each server, so that both the list and the single question fail. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_serverThatDoesNotAnswer_itsShardsAreUnreadAndNotDamaged(boolean deep) {
    Jobs silent = new Jobs(store -> new OddServer(store, "s1", OddServer.Oddity.SILENT));
    Layer few = silent.store(1, SIZE);
    Layer many = silent.store(2, 60 * SHARD);
    Report report = silent.run(new Scope(deep, Optional.of(new NamePattern(Jobs.IMAGE.value()))));
    assertThat(silent.index.reports().findings(report.id(), 100))
        .hasSize(2 + 20)
        .allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(Kind.UNREAD))
        .allSatisfy(finding -> assertThat(finding.server()).isEqualTo("s1"));
    assertThat(report.tally().unread()).isEqualTo(22);
    assertThat(report.tally().damaged()).isZero();
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .startsWith("22 shards could not be read");
    for (Layer layer : List.of(few, many)) {
      assertThat(silent.layer(layer).isDamaged()).isFalse();
      assertThat(silent.layer(layer).verified()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_serverThatIsNotConfigured_itsShardsAreDamaged(boolean deep) {
    Jobs lacking = new Jobs(store -> new OddServer(store, "s1", OddServer.Oddity.UNKNOWN));
    Layer layer = lacking.store(1, SIZE);
    Report report = lacking.run(deep);
    assertThat(lacking.index.reports().findings(report.id(), 100))
        .extracting(Finding::index, Finding::kind)
        .containsExactly(tuple(1, Kind.UNKNOWN_SERVER), tuple(4, Kind.UNKNOWN_SERVER));
    assertThat(lacking.layer(layer).damaged()).containsExactly(1, 4);
    assertThat(report.tally().damaged()).isEqualTo(2);
  }

  /** Handing over takes 30 s, and an invocation has a minute. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_invocationEnds_theNextGoesOnAndTakesEachLayerOnce(boolean deep) {
    jobs.handingOver = Duration.ofSeconds(30);
    for (int seed = 0; seed < 5; seed++) {
      jobs.store(seed, 2 * SHARD);
    }
    Report started = jobs.start(deep);
    int invocations = 0;
    int batches = 0;
    while (!jobs.events.isEmpty()) {
      VerifierEvent event = jobs.events.poll();
      invocations += event.run().isPresent() ? 1 : 0;
      batches += event.batch().isPresent() ? 1 : 0;
      jobs.deliver(event);
    }
    Report report = jobs.report(started.id());
    assertThat(invocations).as("two layers each").isEqualTo(3);
    assertThat(batches).isEqualTo(5);
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.layers()).isEqualTo(5);
    assertThat(report.tally().shards()).isEqualTo(10);
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void deep_budgetEnds_saysWhatWasAndWasNotLookedAt() {
    Jobs small = new Jobs(new Budget(2L * SIZE, 3600));
    for (int seed = 0; seed < 5; seed++) {
      small.store(seed, SIZE);
    }
    assertThat(small.run(true).warnings())
        .containsExactly(
            "the budget ended: 2 layers were looked at, 3 others were not; the next job goes on"
                + " there");
    Jobs enough = new Jobs(new Budget(5L * SIZE, 3600));
    for (int seed = 0; seed < 5; seed++) {
      enough.store(seed, SIZE);
    }
    assertThat(enough.run(true).warnings()).isEmpty();
  }

  /** The base of images is in many of them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void named_layerThatManyImagesHave_isLeftToNoOtherJob(boolean deep) {
    Layer layer = jobs.store(1, SIZE);
    RepositoryName web = new RepositoryName("team/web");
    jobs.index.layers().link(web, layer.digest(), jobs.now);
    jobs.tag(Jobs.IMAGE, layer);
    jobs.tag(web, layer);
    Report report = jobs.run(new Scope(deep, Optional.of(new NamePattern("team/*"))));
    assertThat(report.layers()).isEqualTo(1);
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void deep_budgetForTwoLayers_takesThoseLongestUnproven_andTheNextJobGoesOn() {
    Jobs small = new Jobs(new Budget(2L * SIZE, 3600));
    List<Layer> layers = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      layers.add(small.store(seed, SIZE));
    }
    assertThat(small.run(true).layers()).isEqualTo(2);
    assertThat(layers)
        .map(layer -> small.layer(layer).verified().isPresent())
        .containsExactly(true, true, false, false, false);
    assertThat(small.run(true).layers()).isEqualTo(2);
    assertThat(small.run(true).layers()).isEqualTo(2);
    assertThat(layers)
        .map(layer -> small.layer(layer).verified().isPresent())
        .containsExactly(true, true, true, true, true);
  }

  @Test
  void light_budgetOfTimeEnds_theNextJobGoesOnThere_andTheOneAfterTheLastBeginsAnew() {
    Jobs slow = new Jobs(new Budget(1, 2));
    slow.handingOver = Duration.ofSeconds(1);
    List<Layer> layers = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      layers.add(slow.store(seed, SIZE));
    }
    slow.store.lose(slow.copy(layers.getLast(), 0));

    List<Report> reports = new ArrayList<>();
    for (int job = 0; job < 4; job++) {
      reports.add(slow.run(false));
    }

    assertThat(reports).extracting(Report::layers).containsExactly(2L, 2L, 1L, 2L);
    assertThat(reports)
        .extracting(report -> report.tally().damaged())
        .containsExactly(0L, 0L, 1L, 0L);
    assertThat(reports.getFirst().warnings())
        .containsExactly(
            "the budget ended: 2 layers were looked at, 3 others were not; the next job goes on"
                + " there");
    assertThat(reports.get(1).warnings()).hasSize(2);
    assertThat(reports.get(2).warnings())
        .singleElement()
        .asString()
        .startsWith("it began where the last job's budget had ended");
    assertThat(reports.get(3).warnings()).singleElement().asString().startsWith("the budget ended");
  }

  @Test
  void deep_namedJobWhoseBudgetEnds_isGoneOnWith() {
    Jobs small = new Jobs(new Budget(2L * SIZE, 3600));
    List<Layer> layers = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      layers.add(small.store(seed, SIZE));
    }
    Scope scope = new Scope(true, Optional.of(new NamePattern(Jobs.IMAGE.value())));
    for (long expected : new long[] {2, 2, 1}) {
      assertThat(small.run(scope).layers()).isEqualTo(expected);
    }
    assertThat(layers).allMatch(layer -> small.layer(layer).verified().isPresent());
  }

  @Test
  void deep_budgetThatCannotReachAllInTime_warns() {
    Jobs small = new Jobs(new Budget(1, 3600));
    for (int seed = 0; seed < 121; seed++) {
      small.store(seed, SHARD);
    }
    // One layer in 6 hours: 121 layers take more than 30 days.
    assertThat(small.run(true).warnings())
        .last()
        .asString()
        .contains("takes 31 days, not 30", "raise the budget");
    small.now = small.now.plus(Duration.ofDays(31));
    assertThat(small.run(true).warnings())
        .anyMatch(warning -> warning.contains("120 layers were last proven more than 30 days ago"));
  }

  @Property(tries = 100)
  void deep_eventsTwiceAndInAnyOrder_countOnce(@ForAll long seed) {
    Jobs fresh = new Jobs();
    for (int layer = 0; layer < 4; layer++) {
      fresh.store(layer, SIZE);
    }
    Random random = new Random(seed);
    Report started = fresh.start(true);
    List<VerifierEvent> seen = new ArrayList<>();
    while (!fresh.events.isEmpty()) {
      List<VerifierEvent> waiting = new ArrayList<>(fresh.events);
      Collections.shuffle(waiting, random);
      fresh.events.clear();
      VerifierEvent event = waiting.removeFirst();
      fresh.events.addAll(waiting);
      fresh.deliver(event);
      seen.add(event);
      fresh.deliver(seen.get(random.nextInt(seen.size())));
    }
    Report report = fresh.report(started.id());
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.layers()).isEqualTo(4);
    assertThat(report.tally()).isEqualTo(new Tally(24, 4L * SIZE, 24, 0, 0));
  }

  @Property(tries = 100)
  void job_someOfItsEventsLost_isFinishedByTheNextStart(@ForAll long seed, @ForAll boolean deep) {
    Jobs fresh = new Jobs();
    for (int layer = 0; layer < 4; layer++) {
      fresh.store(layer, SIZE);
    }
    Random random = new Random(seed);
    Report started = fresh.start(deep);
    for (int starts = 0; fresh.report(started.id()).isRunning(); starts++) {
      assertThat(starts).isLessThan(200);
      while (!fresh.events.isEmpty()) {
        VerifierEvent event = fresh.events.poll();
        if (random.nextInt(3) > 0) {
          fresh.deliver(event);
        }
      }
      fresh.now = fresh.now.plus(Jobs.LEASE).plusSeconds(1);
      if (fresh.report(started.id()).isRunning()) {
        assertThat(fresh.start(deep).id()).isEqualTo(started.id());
      }
    }
    Report report = fresh.report(started.id());
    assertThat(report.layers()).isEqualTo(4);
    assertThat(report.tally().shards()).isEqualTo(24);
    assertThat(report.open()).isZero();
  }

  @Test
  void start_sameScopeWhileOneRuns_answersThatAndChangesNothing() {
    jobs.store(1, SIZE);
    Report first = jobs.start(true);
    int events = jobs.events.size();
    assertThat(jobs.start(true)).isEqualTo(first);
    assertThat(jobs.events).hasSize(events);
    assertThat(jobs.start(false).id()).isNotEqualTo(first.id());
    jobs.deliverAll();
    assertThat(jobs.start(true).id()).isNotEqualTo(first.id());
  }

  @Test
  void twoDeepJobs_shareTheLayers() {
    Layer layer = jobs.store(1, SIZE);
    Report all = jobs.start(true);
    jobs.deliver(jobs.events.poll()); // It has the layer now, and its batches wait.
    Report named = jobs.start(new Scope(true, Optional.of(new NamePattern("team/app"))));
    jobs.deliver(jobs.events.pollLast());
    jobs.deliverAll();
    assertThat(jobs.report(all.id()).layers()).isEqualTo(1);
    assertThat(jobs.report(named.id()).layers()).isZero();
    assertThat(jobs.report(named.id()).shared()).isEqualTo(1);
    assertThat(jobs.report(named.id()).warnings())
        .singleElement()
        .asString()
        .contains("1 layer was");
    assertThat(jobs.layer(layer).verified()).isPresent();
  }

  @Test
  void deep_layerCollectedMeanwhile_isNoDamage() {
    Layer layer = jobs.store(1, SIZE);
    Report started = jobs.start(true);
    jobs.deliver(jobs.events.poll());
    assertThat(jobs.index.layers().condemn(layer, jobs.now.plusSeconds(1))).isTrue();
    jobs.store.remove(layer.id());
    jobs.deliverAll();
    Report report = jobs.report(started.id());
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.tally().damaged()).isZero();
    assertThat(jobs.index.reports().findings(report.id(), 10)).isEmpty();
  }

  @Test
  void named_looksAtTheImagesLayersAlone() {
    Layer mine = jobs.store(new RepositoryName("team/app"), 1, SIZE);
    Layer other = jobs.store(new RepositoryName("team/web"), 2, SIZE);
    Report report = jobs.run(new Scope(true, Optional.of(new NamePattern("team/app"))));
    assertThat(report.layers()).isEqualTo(1);
    assertThat(jobs.layer(mine).verified()).isPresent();
    assertThat(jobs.layer(other).verified()).isEmpty();
  }

  @Test
  void start_nameThatNoImageHas_isRefused() {
    jobs.store(1, SIZE);
    for (String name : List.of("team/nobody", "nobody/*")) {
      assertThatThrownBy(() -> jobs.start(new Scope(true, Optional.of(new NamePattern(name)))))
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NAME_UNKNOWN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Team/app", "team//app", "team/[a]", "../x", "*?"})
  void pattern_thatNoNameMatches_isRefused(String pattern) {
    assertThatThrownBy(() -> new NamePattern(pattern))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.REQUEST_INVALID));
  }

  @Test
  void pattern_matches_literallyButForTheStar() {
    assertThat(new NamePattern("a.b/*").matches(new RepositoryName("a.b/c/d"))).isTrue();
    assertThat(new NamePattern("a.b/*").matches(new RepositoryName("axb/c"))).isFalse();
    assertThat(new NamePattern("*").matches(new RepositoryName("any/thing"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void budget_notPositive_isRefused(long amount) {
    assertThatThrownBy(() -> new Budget(amount, 1)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Budget(1, amount)).isInstanceOf(Refusal.class);
  }
}
