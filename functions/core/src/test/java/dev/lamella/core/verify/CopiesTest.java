package dev.lamella.core.verify;

import static dev.lamella.core.verify.Jobs.SHARD;
import static dev.lamella.core.verify.Jobs.bytes;
import static dev.lamella.core.verify.Jobs.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.NamePattern;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.read.VerificationReports;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.Tally;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verification of shards that have two copies: on s0 to s2 as they were pushed, and on "other". */
class CopiesTest {
  private static final int SIZE = 5 * SHARD + 8;
  private static final Scope LIGHT =
      new Scope(false, Optional.of(new NamePattern(Jobs.IMAGE.value())));

  private final Jobs jobs = new Jobs();

  @Test
  void deep_wholeCopies_readsEach() {
    Layer layer = store(SIZE);
    assertThat(jobs.run(true).tally()).isEqualTo(new Tally(6, 2 * SIZE, 12, 0, 0));
    assertThat(jobs.layer(layer).verified()).contains(jobs.now);
  }

  @Test
  void light_manyShards_asksEachServerForItsCopies() {
    int count = 60;
    Layer layer = store(count * SHARD);
    assertThat(jobs.run(LIGHT).tally()).isEqualTo(new Tally(count, 0, 4, 0, 0));

    jobs.store.lose(second(layer, 7));
    Report report = jobs.run(LIGHT);
    assertThat(report.tally()).isEqualTo(new Tally(count, 0, 5, 1, 0));
    assertThat(findings(report))
        .extracting(Finding::index, Finding::server, Finding::kind)
        .containsExactly(tuple(7, "other", Kind.MISSING));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_copyGone_isMarkedAlone_andTheLayerIsServed(boolean deep) {
    Layer layer = store(SIZE);
    jobs.index.assemblies().claim(layer.id(), Assembly.NONE, jobs.now, jobs.now.plusSeconds(60));
    jobs.store.lose(jobs.copy(layer, 2));

    Report report = jobs.run(deep);

    assertThat(findings(report))
        .extracting(Finding::index, Finding::server, Finding::kind)
        .containsExactly(tuple(2, "s2", Kind.MISSING));
    assertThat(damaged(layer)).containsExactly("2 s2");
    assertThat(jobs.layer(layer).isDamaged()).isFalse();
    assertThat(jobs.layer(layer).verified()).as("one of its copies is not").isEmpty();
    assertThat(jobs.index.assemblies().find(layer.id()))
        .as("it may be made of that copy")
        .isEqualTo(Assembly.NONE);

    assertThat(repaired(report)).containsExactly(false);
    Report again = jobs.run(false);
    assertThat(findings(again)).extracting(Finding::server).containsExactly("s2");
    assertThat(damaged(layer)).containsExactly("2 s2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyJob_oneCopyAfterTheOther_theShardIsLostWithTheLast(boolean deep) {
    Layer layer = store(SIZE);
    jobs.store.lose(jobs.copy(layer, 2));
    jobs.run(deep);
    jobs.store.lose(second(layer, 2));
    jobs.store.lose(second(layer, 3));

    Report report = jobs.run(deep);

    assertThat(report.tally().damaged()).isEqualTo(3);
    assertThat(findings(report))
        .extracting(Finding::index, Finding::server)
        .containsExactlyInAnyOrder(tuple(2, "s2"), tuple(2, "other"), tuple(3, "other"));

    assertThat(damaged(layer)).containsExactly("2 s2", "2 other", "3 other");
    assertThat(jobs.layer(layer).damaged()).containsExactly(2);
  }

  /** Each sees one of them alone, and neither what the other one wrote. */
  @Test
  void twoJobs_eachFindsAnotherCopyGone_theShardIsLost() {
    Layer layer = store(SIZE);
    Shard before = jobs.shard(layer, 2);
    jobs.store.lose(jobs.copy(layer, 2));
    jobs.store.lose(second(layer, 2));
    Copy first = before.copies().getFirst();
    // The record as another job has changed it since the first one read it.
    jobs.beforeLooking =
        () -> jobs.index.shards().change(before, before.with(first, damaged(first)));

    jobs.run(false);

    assertThat(damaged(layer)).containsExactly("2 s2", "2 other");
    assertThat(jobs.layer(layer).damaged()).containsExactly(2);
  }

  /** The finding is of an object that is no copy any more. */
  @Test
  void job_copyIsMovedMeanwhile_marksNothing() {
    Layer layer = store(SIZE);
    Shard before = jobs.shard(layer, 2);
    Copy first = before.copies().getFirst();
    jobs.store.lose(first);
    Shard moved = before.with(first, first.on("s9"));
    jobs.beforeLooking =
        () -> {
          jobs.store.put(moved, part(bytes(1, SIZE), 2));
          jobs.index.shards().change(before, moved);
        };

    jobs.run(false);

    assertThat(damaged(layer)).isEmpty();
    assertThat(jobs.layer(layer).isDamaged()).isFalse();
  }

  @Test
  void light_copyThatIsKnownToBeDamaged_isNamedUntilADeepLookFindsItWhole() {
    Layer layer = store(SIZE);
    jobs.store.rot(jobs.copy(layer, 2), new byte[SHARD]);
    jobs.run(true);

    Report light = jobs.run(false);
    assertThat(findings(light))
        .extracting(Finding::index, Finding::server, Finding::kind)
        .containsExactly(tuple(2, "s2", Kind.KNOWN_DAMAGE));
    assertThat(damaged(layer)).containsExactly("2 s2");

    jobs.store.put(jobs.shard(layer, 2), part(bytes(1, SIZE), 2));
    assertThat(repaired(light)).containsExactly(false);
    jobs.run(true);
    assertThat(repaired(light)).containsExactly(true);
    assertThat(damaged(layer)).isEmpty();
    assertThat(jobs.layer(layer).verified()).isPresent();
  }

  /** Whoever marked the copies died before it told the layer. */
  @Test
  void light_shardIsLostAndItsLayerDoesNotSaySo_saysSo() {
    Layer layer = store(SIZE);
    Shard shard = jobs.shard(layer, 2);
    for (Copy copy : shard.copies()) {
      Shard read = jobs.shard(layer, 2);
      jobs.index.shards().change(read, read.with(copy, damaged(copy)));
    }

    jobs.run(false);

    assertThat(jobs.layer(layer).damaged()).containsExactly(2);
  }

  private Layer store(int size) {
    Layer layer = jobs.store(1, size);
    for (int i = 0; i < layer.slicing().count(); i++) {
      Shard one = jobs.shard(layer, i);
      Copy copy = one.copies().getFirst();
      Shard two = copies(one, List.of(copy, copy.on("other")));
      jobs.store.put(two, part(bytes(1, size), i));
      assertThat(jobs.index.shards().change(one, two)).isTrue();
    }
    return layer;
  }

  private static Shard copies(Shard shard, List<Copy> copies) {
    return new Shard(
        shard.image(),
        shard.layer(),
        shard.index(),
        shard.offset(),
        shard.size(),
        shard.link(),
        copies);
  }

  private static Copy damaged(Copy copy) {
    return copy.as(Copy.State.DAMAGED);
  }

  private Copy second(Layer layer, int shard) {
    return jobs.shard(layer, shard).copies().getLast();
  }

  private List<Finding> findings(Report report) {
    return jobs.index.reports().findings(report.id(), 10);
  }

  private List<Boolean> repaired(Report report) {
    VerificationReports reports =
        new VerificationReports(jobs.index.reports(), jobs.index.layers(), jobs.index.shards());
    return reports.find(report.id()).damage().stream().map(Damage::repaired).toList();
  }

  private List<String> damaged(Layer layer) {
    return jobs.index.shards().from(layer.id(), 0, layer.slicing().count()).stream()
        .flatMap(
            shard ->
                shard.copies().stream()
                    .filter(Copy::isDamaged)
                    .map(copy -> shard.index() + " " + copy.server()))
        .toList();
  }
}
