package dev.lamella.core.verify;

import static dev.lamella.core.verify.Jobs.SHARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.NamePattern;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs whose invocations fail, die or never begin: none keeps its scope for ever. */
class DeadJobTest {
  private static final int SIZE = 5 * SHARD + 100;
  private static final Scope LIGHT = new Scope(false, Optional.empty());

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 51})
  void budget_overTheMost_isRefusedWithWhatIsAllowed(long amount) {
    assertThatThrownBy(() -> new Budget(amount, 1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("1 to 1125899906842624 bytes");
    assertThatThrownBy(() -> new Budget(1, amount))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("1 to 604800 seconds");
    assertThat(Budget.recorded(amount, amount))
        .isEqualTo(new Budget(Budget.MOST_BYTES, Budget.MOST_SECONDS));
  }

  @Test
  void step_thatFails_endsTheJobWithTheReason_andTheNextBegins() {
    Jobs jobs = new Jobs();
    jobs.store(1, SIZE);
    jobs.handingOverFails = Optional.of(new IllegalStateException("200 to everything"));
    ReportId id = jobs.start(false).id();
    assertThatThrownBy(jobs::deliverAll).isInstanceOf(IllegalStateException.class);
    Report report = jobs.report(id);
    assertThat(report.state()).isEqualTo(State.FAILED);
    assertThat(report.finished()).contains(jobs.now);
    assertThat(report.warnings()).singleElement().asString().contains("200 to everything");

    Report next = jobs.start(false);
    assertThat(next.id()).isNotEqualTo(id);
    assertThat(next.cursor()).as("not where the other one failed").isEmpty();
  }

  @Test
  void step_ofADependencyThatDoesNotAnswer_isTriedAgain() {
    Jobs jobs = new Jobs();
    jobs.store(1, SIZE);
    jobs.handingOverFails = Optional.of(new Unavailable("the verifier", new IOException("busy")));
    ReportId id = jobs.start(false).id();
    assertThatThrownBy(jobs::deliverAll).isInstanceOf(Unavailable.class);
    assertThat(jobs.report(id).isRunning()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batch_thatFails_isUnread_andTheJobEnds(boolean deep) {
    Jobs jobs = new Jobs(store -> new OddServer(store, "s0", OddServer.Oddity.BROKEN));
    jobs.store(1, SIZE);
    Scope named = new Scope(deep, Optional.of(new NamePattern("team/app")));
    Report report = jobs.run(named);
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.tally().damaged()).isZero();
    assertThat(report.tally().unread()).isPositive();
    assertThat(jobs.index.reports().findings(report.id(), 10))
        .isNotEmpty()
        .allSatisfy(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Finding.Kind.UNREAD);
              assertThat(finding.why()).contains("200 to everything");
            });
  }

  @Test
  void job_thatNoVerifierWasInvokedFor_isTakenUpByOneOfThirtyStarts() {
    Jobs jobs = new Jobs();
    jobs.store(1, SIZE);
    // Whoever opened it was killed before it invoked a verifier.
    Report dead = jobs.index.reports().open(Report.start(LIGHT, Jobs.LARGE, jobs.now));
    assertThat(startThirty(jobs)).containsExactly(dead.id());
    assertThat(jobs.events).as("it may only be late").isEmpty();

    jobs.now = jobs.now.plus(Jobs.LEASE).plusSeconds(60);
    assertThat(startThirty(jobs)).containsExactly(dead.id());
    assertThat(jobs.events).hasSize(1);
    jobs.deliverAll();
    assertThat(jobs.report(dead.id()).state()).isEqualTo(State.DONE);
  }

  @Test
  void start_byThirtyAtOnce_invokesOneVerifier() {
    Jobs jobs = new Jobs();
    jobs.store(1, SIZE);
    assertThat(startThirty(jobs)).hasSize(1);
    assertThat(jobs.events).hasSize(1);
  }

  @Test
  void start_noVerifierCanBeInvoked_leavesNothingThatRuns() {
    Jobs jobs = new Jobs();
    jobs.isUnreachable = true;
    assertThatThrownBy(() -> jobs.start(true)).isInstanceOf(Unavailable.class);
    jobs.isUnreachable = false;
    assertThat(jobs.run(true).state()).isEqualTo(State.DONE);
  }

  @Test
  void job_whoseVerifiersAreKilledEachTime_isGivenUpADayAfterItsBudget() {
    Jobs jobs = new Jobs(new Budget(1L << 40, 3600));
    jobs.store(1, SIZE);
    ReportId dead = jobs.start(true).id();
    jobs.deliver(jobs.events.poll());
    jobs.events.clear(); // The batches kill whoever looks at them.
    for (int hour = 0; hour < 24; hour++) {
      jobs.now = jobs.now.plus(Duration.ofHours(1));
      assertThat(jobs.start(true).id()).as("hour %d", hour).isEqualTo(dead);
      jobs.deliver(jobs.events.poll());
      jobs.events.clear();
    }
    jobs.now = jobs.now.plus(Duration.ofHours(2));
    assertThat(startThirty(jobs, true)).hasSize(1).doesNotContain(dead);
    assertThat(jobs.events).hasSize(1);
    assertThat(jobs.report(dead).state()).isEqualTo(State.FAILED);
    assertThat(jobs.report(dead).warnings()).singleElement().asString().contains("1 layer in work");
    jobs.deliverAll();
    List<Report> all = jobs.index.reports().list(Optional.empty(), 10).items();
    assertThat(all).extracting(Report::state).containsExactly(State.DONE, State.FAILED);
    assertThat(all.getFirst().layers()).isEqualTo(1);
  }

  @Test
  void finish_budgetOfAByte_ofAStoreOfPetabytes_warnsAndEnds() {
    Jobs jobs = new Jobs(new Budget(1, 3600));
    jobs.store(1, 1);
    for (int i = 0; i < 500; i++) {
      jobs.record(i, Slicing.of(Slicing.LARGEST_LAYER, Slicing.LARGEST_SHARD));
    }
    Report report = jobs.run(true);
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.warnings()).anySatisfy(one -> assertThat(one).contains("raise the budget"));
  }

  private static Set<ReportId> startThirty(Jobs jobs) {
    return startThirty(jobs, false);
  }

  private static Set<ReportId> startThirty(Jobs jobs, boolean deep) {
    return Set.copyOf(
        Parallel.map(IntStream.range(0, 30).boxed().toList(), 30, _ -> jobs.startNow(deep).id()));
  }
}
