package dev.lamella.core.verify;

import dev.lamella.core.Counted;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Begins a verification job, or finds the one that runs. A job goes on where the last one of its
 * scope was when its budget ended.
 */
public final class StartVerification {
  private final ReportIndex reports;
  private final LayersInScope layers;
  private final Verifiers verifiers;
  private final VerifySettings settings;
  private final InstantSource clock;

  public StartVerification(
      ReportIndex reports,
      LayersInScope layers,
      Verifiers verifiers,
      VerifySettings settings,
      InstantSource clock) {
    this.reports = reports;
    this.layers = layers;
    this.verifiers = verifiers;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Where a job of the same scope runs, that one is answered, and no verifier is invoked; but if it
   * has not got on for longer than a lease, because what it had handed out was lost, one of the
   * calls meanwhile sets it going again. One that stands still a day after its budget ended is
   * given up, and this one begins.
   *
   * @return the job that runs now
   * @throws Refusal {@code NAME_UNKNOWN} where no image has such a name
   */
  public Report start(Scope scope, Optional<Budget> budget) {
    if (!layers.hasAny(scope)) {
      throw new Refusal(
          ErrorCode.NAME_UNKNOWN,
          "no image matches " + scope.name().orElseThrow() + ": GET /v1/images lists them");
    }
    Instant now = clock.instant();
    Report begun = Report.start(scope, budget.orElse(settings.usual()), now);
    Report wanted =
        reports.last(scope).flatMap(Report::rest).map(rest -> begun.at(rest, 0)).orElse(begun);
    Report running = reports.open(wanted);
    if (running.standsStill(settings.lease(), now) && running.isOverdue(now)) {
      reports.fail(
          running.id(),
          "given up: it had not got on since %s, with %s in work; the verifier's log says why"
              .formatted(running.seen(), Counted.of(running.open(), "layer")),
          now);
      running = reports.open(wanted);
    }
    if (running.id().equals(wanted.id())) {
      begin(running, now);
    } else if (running.standsStill(settings.lease(), now) && reports.takeUp(running, now)) {
      verifiers.run(running.id());
    }
    return running;
  }

  /** A job of which no verifier knows would keep others from starting until it is taken up. */
  private void begin(Report job, Instant now) {
    try {
      verifiers.run(job.id());
    } catch (RuntimeException e) {
      reports.fail(job.id(), "no verifier could be invoked: start it again", now);
      throw e;
    }
  }
}
