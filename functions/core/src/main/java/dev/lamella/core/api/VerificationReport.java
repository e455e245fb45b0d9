package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A verification job and what it found: {@code GET /v1/verifications/{id}}.
 *
 * @param layers that are done
 * @param open layers that are in work
 * @param planned bytes of all of these
 * @param warnings what was not looked at; none of a job that has looked at all of its scope
 * @param looked what was looked at, what it cost, and what was wrong
 * @param damage by layer and index, at most 1,000; in a list of reports, none
 */
public record VerificationReport(
    ReportId id,
    boolean deep,
    Optional<NamePattern> name,
    Budget budget,
    Report.State state,
    Instant started,
    Optional<Instant> finished,
    long layers,
    long open,
    long planned,
    Tally looked,
    List<String> warnings,
    List<Damage> damage) {

  /**
   * A copy of a shard that is missing or wrong.
   *
   * @param server where its record says that it is; empty where the shard has no record
   * @param images that the layer is in, at most 100, and at most 8,000 in a report
   * @param repaired whether it is whole again by now, or gone
   */
  public record Damage(
      Digest layer,
      int shard,
      Finding.Kind kind,
      String server,
      String why,
      List<RepositoryName> images,
      boolean repaired) {
    public Damage {
      images = List.copyOf(images);
    }
  }

  public VerificationReport {
    warnings = List.copyOf(warnings);
    damage = List.copyOf(damage);
  }

  /** What is known of a job, without what it found. */
  public static VerificationReport of(Report job) {
    return of(job, List.of());
  }

  public static VerificationReport of(Report job, List<Damage> damage) {
    return new VerificationReport(
        job.id(),
        job.scope().deep(),
        job.scope().name(),
        job.budget(),
        job.state(),
        job.started(),
        job.finished(),
        job.layers(),
        job.open(),
        job.planned(),
        job.tally(),
        job.warnings(),
        damage);
  }
}
