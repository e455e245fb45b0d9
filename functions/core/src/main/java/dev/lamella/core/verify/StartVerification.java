package dev.lamella.core.verify;

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
   * Where a job of the same scope runs, that one is answered and nothing changes; but if it has not
   * got on for longer than a lease, because what it had handed out was lost, it is set going again.
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
        reports.last(scope).flatMap(Stage::rest).map(rest -> begun.at(rest, 0)).orElse(begun);
    Report running = reports.open(wanted);
    boolean isNew = running.id().equals(wanted.id());
    if (isNew || running.seen().plus(settings.lease()).isBefore(now)) {
      verifiers.run(running.id());
    }
    return running;
  }
}
