package dev.lamella.host.verify;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reports of verifications, as a store answers them. */
public final class Reports {
  public static final Digest LAYER = Digest.parse("sha256:" + "ab".repeat(32));
  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");
  private static final ReportId ID = new ReportId("20260101t000000000-0123abcd");

  private Reports() {}

  /** The report of a job that has some layers done and some in work. */
  public static VerificationReport running(boolean deep, long done, long open) {
    return report(deep, State.RUNNING, done, open, List.of(), List.of());
  }

  public static VerificationReport done(boolean deep, List<String> warnings, Damage... damage) {
    return report(deep, State.DONE, 3, 0, warnings, List.of(damage));
  }

  public static Damage damage(Kind kind, boolean repaired) {
    return new Damage(
        LAYER, 7, kind, "s1", "it is so", List.of(new RepositoryName("team/app")), repaired);
  }

  private static VerificationReport report(
      boolean deep,
      State state,
      long layers,
      long open,
      List<String> warnings,
      List<Damage> damage) {
    return new VerificationReport(
        ID,
        deep,
        Optional.empty(),
        new Budget(1, 1),
        state,
        STARTED,
        state == State.DONE ? Optional.of(STARTED.plusSeconds(65)) : Optional.empty(),
        layers,
        open,
        4_000_000,
        new Tally(12, deep ? 1_500_000 : 0, 13, damage.size(), 0),
        warnings,
        damage);
  }
}
