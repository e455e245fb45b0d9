package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.SLICING;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.layer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.port.WorkIndex.Taken;
import dev.lamella.core.report.Advance;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two ports of verification jobs, and what they do to layers. */
abstract class VerificationContract {
  private static final Budget BUDGET = new Budget(1000, 60);
  private static final Tally TALLY = new Tally(2, 30, 4, 1, 1);

  final Indexes indexes = indexes();

  abstract Indexes indexes();

  @Test
  void open_scopeThatRuns_answersTheRunningJobUntilItHasFinished() {
    Report first = job(true);
    Report second = Report.start(first.scope(), BUDGET, NOW);
    assertThat(reports().open(second)).isEqualTo(first);
    assertThat(reports().find(first.id())).contains(first);
    assertThat(reports().find(second.id())).isEmpty();

    Report light = Report.start(new Scope(false, first.scope().name()), BUDGET, NOW);
    assertThat(reports().open(light)).isEqualTo(light);

    works().move(first, Advance.END, NOW);
    assertThat(reports().finish(first.id(), List.of("warned"), LATER)).isTrue();
    assertThat(reports().finish(first.id(), List.of(), LATER)).isFalse();
    Report finished = found(first);
    assertThat(finished.state()).isEqualTo(State.DONE);
    assertThat(finished.finished()).contains(LATER);
    assertThat(finished.warnings()).containsExactly("warned");
    assertThat(reports().open(second)).isEqualTo(second);
  }

  @Test
  void last_ofAScope_isTheOneThatEndedLast() {
    Report job = job(true);
    assertThat(reports().last(job.scope())).as("it runs").isEmpty();
    works().move(job, new Advance(Optional.of("here"), true, 0), NOW);
    reports().finish(job.id(), List.of(), NOW);
    assertThat(reports().last(job.scope())).contains(found(job));

    Report next = Report.start(job.scope(), BUDGET, LATER).at("here", 0);
    assertThat(reports().open(next)).isEqualTo(next);
    assertThat(reports().last(job.scope())).contains(found(job));
    assertThat(reports().find(next.id())).contains(next);
    works().move(next, Advance.END, LATER);
    reports().finish(next.id(), List.of(), LATER);
    assertThat(reports().last(job.scope())).contains(found(next));
    assertThat(reports().last(new Scope(false, job.scope().name()))).isEmpty();
  }

  @Test
  void fail_jobThatRuns_endsItAndLeavesNothingInWork() {
    Report job = job(true);
    take(job, stored());
    take(found(job), stored());
    assertThat(works().works(job.id())).hasSize(2);
    assertThat(reports().fail(job.id(), "why", LATER)).isTrue();
    assertThat(works().works(job.id())).isEmpty();
    assertThat(reports().fail(job.id(), "again", LATER)).isFalse();
    assertThat(reports().takeUp(found(job), LATER)).isFalse();
    Report failed = found(job);
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.finished()).contains(LATER);
    assertThat(failed.warnings()).containsExactly("why");
    assertThat(reports().last(job.scope())).contains(failed);
    Report next = Report.start(job.scope(), BUDGET, LATER);
    assertThat(reports().open(next)).isEqualTo(next);
  }

  @Test
  void takeUp_byMany_oneDoes() throws Exception {
    Report job = job(true);
    List<Boolean> taken = Race.of(8, _ -> () -> reports().takeUp(job, LATER));
    assertThat(taken).containsOnlyOnce(true);
    assertThat(found(job)).isEqualTo(job.takenUp(LATER));
    assertThat(reports().takeUp(job, LATER)).isFalse();
  }

  @Test
  void open_byMany_oneRuns() throws Exception {
    Scope scope = scope(true);
    List<ReportId> running =
        Race.of(8, _ -> () -> reports().open(Report.start(scope, BUDGET, NOW)).id());
    assertThat(Set.copyOf(running)).hasSize(1);
  }

  @Test
  void list_pages_areThoseThatStartedLastFirst() {
    List<ReportId> started = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Report job = Report.start(scope(true), BUDGET, LATER.plusSeconds(i));
      reports().open(job);
      started.addFirst(job.id());
    }
    List<ReportId> listed = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Report> page = reports().list(cursor, 2);
      page.items().forEach(report -> listed.add(report.id()));
      cursor = page.next();
    } while (cursor.isPresent());
    assertThat(listed).doesNotHaveDuplicates().containsSubsequence(started);
    assertThat(listed).isSortedAccordingTo((one, other) -> other.value().compareTo(one.value()));
  }

  @Test
  void finish_workIsOpenOrTheWayIsNotWalked_isRefused() {
    Report job = job(true);
    assertThat(reports().finish(job.id(), List.of(), NOW)).isFalse();
    Work work = take(job, stored());
    works().move(found(job), Advance.END, NOW);
    assertThat(reports().finish(job.id(), List.of(), NOW)).isFalse();
    works().settle(job, work, true, NOW);
    assertThat(reports().finish(job.id(), List.of(), NOW)).isTrue();
  }

  @Test
  void notes_areFoundOnceAndInOrder() {
    Report job = job(true);
    Digest digest = digest();
    Finding second = finding(digest, 12);
    Finding first = finding(digest, 3);
    Finding otherCopy = finding(digest, 3, "s2");
    reports().note(job.id(), second);
    reports().note(job.id(), otherCopy);
    reports().note(job.id(), first);
    reports().note(job.id(), first);
    assertThat(reports().findings(job.id(), 10)).containsExactly(first, otherCopy, second);
    assertThat(reports().findings(job.id(), 1)).containsExactly(first);
  }

  @Test
  void take_layer_movesTheCursorAndCounts() {
    Report job = job(true);
    Work work = take(job, stored());
    Report then = found(job);
    assertThat(then.cursor()).contains("after " + work.digest());
    assertThat(then.open()).isEqualTo(1);
    assertThat(then.planned()).isEqualTo(SLICING.size());
    assertThat(then.seen()).isEqualTo(NOW);
    assertThat(works().works(job.id())).containsExactly(work);
  }

  @Test
  void take_cursorHasMoved_changesNothing() {
    Report job = job(true);
    take(job, stored());
    Work other = work(stored());
    assertThat(works().take(job, "elsewhere", other, 1, NOW)).isEqualTo(Taken.MOVED);
    assertThat(works().move(job, Advance.to("elsewhere"), NOW)).isFalse();
    assertThat(found(job).open()).isEqualTo(1);
    assertThat(works().works(job.id())).hasSize(1);
  }

  @Test
  void take_layerOfAnotherDeepJob_isNotFreeUntilItsLeaseIsOver() {
    Layer layer = stored();
    Report first = job(true);
    Report second = job(true);
    Report light = job(false);
    take(first, layer);
    assertThat(works().take(second, "a", work(layer), 1, NOW)).isEqualTo(Taken.NOT_FREE);
    assertThat(works().take(light, "a", work(layer), 1, NOW)).isEqualTo(Taken.TAKEN);
    assertThat(found(second).cursor()).isEmpty();
    assertThat(works().take(second, "a", work(layer), 1, LATER.plusSeconds(1)))
        .isEqualTo(Taken.TAKEN);
  }

  @Test
  void take_layerThatIsGone_isNotNeeded() {
    Upload upload = Samples.upload(image(), digest());
    assertThat(works().take(job(true), "a", work(layer(upload)), 1, NOW))
        .isEqualTo(Taken.NOT_NEEDED);
    assertThat(works().take(job(false), "a", work(layer(upload)), 1, NOW))
        .isEqualTo(Taken.NOT_NEEDED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void take_layerThatTheJobHasInWork_isNotNeeded(boolean deep) {
    Report job = job(deep);
    Work work = take(job, stored());
    assertThat(works().take(found(job), "further", work, 1, NOW)).isEqualTo(Taken.NOT_NEEDED);
    assertThat(found(job).open()).isEqualTo(1);
    assertThat(found(job).cursor()).contains("after " + work.digest());
  }

  @Test
  void lease_longer_keepsOthersAwayForLonger() {
    Layer layer = stored();
    Report first = job(true);
    take(first, layer);
    works().lease(first.id(), layer.digest(), LATER.plus(Duration.ofHours(1)));
    assertThat(works().works(first.id()).getFirst().lease())
        .isEqualTo(LATER.plus(Duration.ofHours(1)));
    assertThat(works().take(job(true), "a", work(layer), 1, LATER.plusSeconds(1)))
        .isEqualTo(Taken.NOT_FREE);
  }

  @Test
  void move_step_addsUp() {
    Report job = job(false);
    works().move(job, Advance.past("a"), NOW);
    works().move(found(job), new Advance(Optional.of("b"), true, 1), LATER);
    Report then = found(job);
    assertThat(then.cursor()).contains("b");
    assertThat(then.shared()).isEqualTo(2);
    assertThat(then.isComplete()).isTrue();
    assertThat(then.isCutOff()).isTrue();
    assertThat(works().move(then, Advance.to("c"), LATER)).as("it takes on nothing more").isFalse();
  }

  @Test
  void move_toTheEnd_leavesNoPlaceToGoOnAt() {
    Report job = job(false);
    works().move(job, Advance.to("a"), NOW);
    works().move(found(job), Advance.END, LATER);
    Report then = found(job);
    assertThat(then.cursor()).isEmpty();
    assertThat(then.isComplete()).isTrue();
    assertThat(then.isCutOff()).isFalse();
    assertThat(works().move(then, Advance.to("c"), LATER)).as("it takes on nothing more").isFalse();
  }

  @Test
  void done_batchTwice_countsOnce() {
    Report job = job(true);
    Work work = take(job, stored());
    assertThat(works().done(job.id(), work.digest(), 1, TALLY).orElseThrow().done())
        .containsExactly(1);
    works().done(job.id(), work.digest(), 1, TALLY);
    Work then = works().done(job.id(), work.digest(), 0, TALLY).orElseThrow();
    assertThat(then.done()).containsExactlyInAnyOrder(0, 1);
    assertThat(then.tally()).isEqualTo(TALLY.plus(TALLY));
    assertThat(works().done(job.id(), digest(), 0, TALLY)).isEmpty();
  }

  @Test
  void settle_deep_countsOnceFreesTheLayerAndPutsItLast() {
    Layer first = stored();
    Layer second = stored();
    Report job = job(true);
    Work work = take(job, first);
    assertThat(works().settle(job, work.with(TALLY), true, LATER)).isTrue();
    assertThat(works().settle(job, work.with(TALLY), true, LATER)).isFalse();
    Report then = found(job);
    assertThat(then.layers()).isEqualTo(1);
    assertThat(then.open()).isZero();
    assertThat(then.tally()).isEqualTo(TALLY);
    assertThat(works().works(job.id())).isEmpty();
    assertThat(found(first).verified()).contains(LATER);
    assertThat(works().take(job(true), "a", work(first), 1, NOW)).isEqualTo(Taken.TAKEN);
    assertThat(due()).containsSubsequence(second.digest(), first.digest());
  }

  @Test
  void settle_notProvenOrLight_doesNotVerify() {
    Layer broken = stored();
    Layer looked = stored();
    Report deep = job(true);
    works().settle(deep, take(deep, broken), false, LATER);
    assertThat(found(broken).verified()).isEmpty();
    assertThat(due()).containsSubsequence(looked.digest(), broken.digest());
    Report light = job(false);
    works().settle(light, take(light, looked), true, LATER.plusSeconds(1));
    assertThat(found(looked).verified()).isEmpty();
    assertThat(due()).containsSubsequence(looked.digest(), broken.digest());
  }

  @Test
  void settle_layerThatWasCollected_stillCounts() {
    Layer layer = stored();
    Report job = job(true);
    Work work = take(job, layer);
    assertThat(indexes.layers().condemn(layer, LATER)).isTrue();
    assertThat(works().settle(job, work, true, LATER)).isTrue();
    assertThat(found(job).open()).isZero();
    assertThat(indexes.layers().find(layer.digest())).isEmpty();
  }

  @Test
  void due_afterAPlace_goesOn() {
    Layer first = stored();
    Layer second = stored();
    List<Digest> all = due();
    assertThat(all).contains(first.digest(), second.digest()).doesNotHaveDuplicates();
    assertThat(indexes.layers().due(NOW, Optional.empty(), 1000))
        .as("committed then")
        .noneMatch(due -> due.layer().digest().equals(first.digest()));
  }

  @Test
  void damage_isKeptUntilRepaired() {
    Layer layer = stored();
    Digest digest = layer.digest();
    assertThat(indexes.layers().damage(digest, layer.id(), List.of(7, 3))).isTrue();
    assertThat(indexes.layers().damage(digest, layer.id(), List.of(3))).isTrue();
    assertThat(found(layer).damaged()).containsExactly(3, 7);
    assertThat(indexes.layers().damage(digest, LayerId.random(), List.of(1))).isFalse();
    assertThat(indexes.layers().damage(digest(), layer.id(), List.of(1))).isFalse();
    indexes.layers().repaired(digest, LayerId.random(), 3);
    indexes.layers().repaired(digest, layer.id(), 3);
    indexes.layers().repaired(digest, layer.id(), 3);
    assertThat(found(layer).damaged()).containsExactly(7);
    indexes.layers().repaired(digest, layer.id(), 7);
    assertThat(found(layer)).isEqualTo(layer);
  }

  @Test
  void layersOf_image_areItsLinksInOrder() {
    var image = image();
    List<Digest> stored = Stream.generate(() -> indexes.store(image)).limit(3).toList();
    List<Digest> first = indexes.layers().layersOf(image, Optional.empty(), 2);
    List<Digest> rest = indexes.layers().layersOf(image, Optional.of(first.getLast()), 2);
    assertThat(first).hasSize(2);
    assertThat(rest).hasSize(1).doesNotContainAnyElementsOf(first);
    assertThat(stored).containsAll(first).containsAll(rest);
    assertThat(indexes.layers().layersOf(image(), Optional.empty(), 2)).isEmpty();
  }

  @Test
  void layers_ofShardRecords_areTheirIds() {
    LayerId one = LayerId.random();
    LayerId other = LayerId.random();
    for (int i = 0; i < 3; i++) {
      indexes.shards().put(Samples.shard(one, i));
      indexes.shards().put(Samples.shard(other, i));
    }
    List<LayerId> found = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<LayerId> page = indexes.shards().layers(cursor, 2);
      found.addAll(page.items());
      cursor = page.next();
    } while (cursor.isPresent());
    assertThat(found).contains(one, other);
  }

  private ReportIndex reports() {
    return indexes.reports();
  }

  private WorkIndex works() {
    return indexes.works();
  }

  /** A scope that no other test has. */
  private static Scope scope(boolean deep) {
    return new Scope(deep, Optional.of(new NamePattern(image().value())));
  }

  private Report job(boolean deep) {
    Report job = Report.start(scope(deep), BUDGET, NOW);
    assertThat(reports().open(job)).isEqualTo(job);
    return job;
  }

  private Layer stored() {
    Upload upload = indexes.open(image(), digest());
    Layer layer = layer(upload);
    indexes.layers().commit(upload, layer);
    return layer;
  }

  private static Work work(Layer layer) {
    return new Work(layer.digest(), layer.id(), 2, 1, LATER, Set.of(), Tally.NOTHING);
  }

  private Work take(Report job, Layer layer) {
    Work work = work(layer);
    String cursor = "after " + layer.digest();
    assertThat(works().take(job, cursor, work, layer.slicing().size(), NOW)).isEqualTo(Taken.TAKEN);
    return work;
  }

  private Report found(Report job) {
    return reports().find(job.id()).orElseThrow();
  }

  private Layer found(Layer layer) {
    return indexes.layers().find(layer.digest()).orElseThrow();
  }

  private static Finding finding(Digest digest, int index) {
    return finding(digest, index, "s1");
  }

  private static Finding finding(Digest digest, int index, String server) {
    return new Finding(digest, index, Finding.Kind.MISSING, server, "layers/a/1", "it is gone");
  }

  /** All that are due, by pages. */
  private List<Digest> due() {
    List<Digest> due = new ArrayList<>();
    Optional<String> after = Optional.empty();
    while (true) {
      var page = indexes.layers().due(LATER.plusSeconds(10), after, 3);
      if (page.isEmpty()) {
        return due;
      }
      page.forEach(one -> due.add(one.layer().digest()));
      after = Optional.of(page.getLast().place());
    }
  }
}
