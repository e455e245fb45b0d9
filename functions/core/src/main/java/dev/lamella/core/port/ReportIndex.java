package dev.lamella.core.port;

import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Verification jobs and what they found. Every method is atomic and idempotent. */
public interface ReportIndex {

  /**
   * Begins a job, unless one of the same scope runs.
   *
   * @return the job of that scope that runs now: this one, or the other
   */
  Report open(Report job);

  Optional<Report> find(ReportId id);

  /** The job of a scope that ended last. */
  Optional<Report> last(Scope scope);

  /**
   * Reports, those that started last first.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most reports in the page, 1 to 100
   */
  Page<Report> list(Optional<String> cursor, int limit);

  /**
   * Ends a job that is complete, with what there is to say of it.
   *
   * @return false, with nothing changed, where it is not complete, or had ended
   */
  boolean finish(ReportId id, List<String> warnings, Instant now);

  /**
   * Gives up a job that runs, and what it has in work.
   *
   * @param why its last warning
   * @return false where it had ended, or took something on meanwhile
   */
  boolean fail(ReportId id, String why, Instant now);

  /**
   * Notes that somebody takes up a job that stands still.
   *
   * @param job as it was read; when it last got on is what must still hold
   * @return false, with nothing changed, where it has got on since, or ended
   */
  boolean takeUp(Report job, Instant now);

  /** Notes what was found of a copy, in the place of what was noted of it before. */
  void note(ReportId id, Finding finding);

  /** What was found, by layer, index and storage server; at most {@code limit}. */
  List<Finding> findings(ReportId id, int limit);
}
