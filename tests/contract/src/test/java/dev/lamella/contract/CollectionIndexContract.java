package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.port.CollectionIndex;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

abstract class CollectionIndexContract {
  final CollectionIndex collections = collections();

  abstract CollectionIndex collections();

  /** One runs at a time: no test leaves one to the next. */
  @AfterEach
  void end() {
    CollectionRun running = collections.start(CollectionRun.begun(true, true, NOW));
    while (running.isRunning()) {
      running = next(running);
      assertThat(collections.save(running)).isTrue();
    }
  }

  @Test
  void start_whileNoneRuns_isSavedAndRuns() {
    CollectionRun fresh = CollectionRun.begun(true, true, NOW);

    assertThat(collections.start(fresh)).isEqualTo(fresh);
    assertThat(collections.find(fresh.id())).contains(fresh);
  }

  @Test
  void start_whileOneRuns_answersThatOne() {
    CollectionRun first = collections.start(CollectionRun.begun(true, true, NOW));
    CollectionRun second = CollectionRun.begun(false, true, LATER);

    assertThat(collections.start(second)).isEqualTo(first);
    assertThat(collections.find(second.id())).isEmpty();
  }

  @Test
  void start_byManyAtOnce_oneRuns() throws Exception {
    List<CollectionRun> started =
        Race.of(8, _ -> () -> collections.start(CollectionRun.begun(true, true, NOW)));

    assertThat(started.stream().distinct()).hasSize(1);
  }

  @Test
  void save_nextRevision_isReadAsWritten() {
    CollectionRun fresh = collections.start(CollectionRun.begun(false, true, NOW));
    CollectionRun next =
        fresh.after(
            List.of(Find.of("one", 100), Find.kept("it", "why"), Find.of("two", 200)),
            Optional.of("there"),
            LATER);
    Tally tally = next.found().getFirst();
    assertThat(tally.count()).isEqualTo(2);
    assertThat(tally.bytes()).isEqualTo(300);
    assertThat(tally.kept()).containsExactly("why");

    assertThat(collections.save(next)).isTrue();

    assertThat(collections.find(fresh.id())).contains(next);
    assertThat(collections.start(CollectionRun.begun(false, true, LATER))).isEqualTo(next);
    CollectionRun again = next.within(List.of(Find.of("three", 5)), NOW);
    assertThat(again.cursor()).isEqualTo(next.cursor());
    assertThat(collections.save(again)).isTrue();
    assertThat(collections.find(fresh.id())).contains(again);
    CollectionRun left = again.takenUp(LATER).left();
    assertThat(collections.save(left)).isTrue();
    assertThat(collections.find(fresh.id())).contains(left);
  }

  @Test
  void save_byTwoAtOnce_oneGoesOn() throws Exception {
    CollectionRun fresh = collections.start(CollectionRun.begun(false, true, NOW));

    List<Boolean> saved = Race.of(2, _ -> () -> collections.save(next(fresh)));

    assertThat(saved).containsExactlyInAnyOrder(true, false);
    assertThat(collections.save(CollectionRun.begun(false, true, NOW))).isFalse();
  }

  @Test
  void save_doneRun_makesPlaceForTheNext() {
    CollectionRun run = collections.start(CollectionRun.begun(false, true, NOW));
    while (run.isRunning()) {
      run = next(run);
      assertThat(collections.save(run)).isTrue();
    }

    assertThat(collections.find(run.id())).contains(run);
    CollectionRun other = CollectionRun.begun(false, true, LATER);
    assertThat(collections.start(other)).isEqualTo(other);
  }

  @Test
  void list_runs_areTheNewestFirst() throws Exception {
    List<String> ids =
        List.of(doneAt(1), doneAt(2), doneAt(3)).stream().map(CollectionRun::id).toList();

    Eventually.equal(
        ids.reversed(),
        () -> collections.list(100).stream().map(CollectionRun::id).filter(ids::contains).toList());
    assertThat(collections.list(1)).hasSize(1);
  }

  @Test
  void remove_run_isGoneOnlyWhereItIsDone() {
    CollectionRun done = doneAt(4);
    CollectionRun running = collections.start(CollectionRun.begun(false, true, NOW));

    collections.remove(done);
    collections.remove(done);
    collections.remove(running);

    assertThat(collections.find(done.id())).isEmpty();
    assertThat(collections.find(running.id())).contains(running);
  }

  private CollectionRun doneAt(int second) {
    CollectionRun run =
        collections.start(CollectionRun.begun(false, true, NOW.plusSeconds(second)));
    while (run.isRunning()) {
      run = next(run);
      collections.save(run);
    }
    return run;
  }

  private static CollectionRun next(CollectionRun run) {
    return run.after(List.of(), Optional.empty(), LATER);
  }
}
