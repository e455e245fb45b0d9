package dev.lamella.core.port;

import dev.lamella.core.Digest;
import dev.lamella.core.report.Advance;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What verification jobs have in work. Every method is atomic: invocations that work on one job,
 * and jobs that want one layer, share the work by it.
 */
public interface WorkIndex {

  /** What became of an attempt to take a layer into work. */
  enum Taken {
    /** The job has it, and its cursor has moved on. */
    TAKEN,
    /** Another job has it: the cursor may move on. */
    NOT_FREE,
    /** It is gone, or this job has it in work already: the cursor may move on. */
    NOT_NEEDED,
    /** The cursor of the job is no longer where it was, or the job has ended. Nothing changed. */
    MOVED
  }

  /**
   * Takes a layer into work and moves the job's cursor on. A deep job claims the layer, until the
   * work's lease is over, so that no other deep job reads it too.
   *
   * @param job as it was read; its cursor is what must still hold
   * @param bytes of the layer, which count against the job's budget
   */
  Taken take(Report job, String cursor, Work work, long bytes, Instant now);

  /**
   * Moves the job's cursor on.
   *
   * @param job as it was read; its cursor is what must still hold
   * @return false, with nothing changed, where it does not hold, or the job has ended
   */
  boolean move(Report job, Advance advance, Instant now);

  /** What a job has in work, in order of digest. */
  List<Work> works(ReportId id);

  /** Notes until when the batches of a layer that were handed out are waited for. */
  void lease(ReportId id, Digest digest, Instant until);

  /**
   * Notes that a batch is done. It counts once, however often it comes.
   *
   * @return the work with it; empty where the layer is not, or no longer, in work
   */
  Optional<Work> done(ReportId id, Digest digest, int batch, Tally tally);

  /**
   * Ends the work on a layer, all of whose batches are done: it counts in the report, and, where
   * the job is deep, the layer is free again, goes to the end of those that are to be verified, and
   * is verified now if it was proven.
   *
   * @param work with the tally that counts
   * @return false, with nothing changed, where it had ended
   */
  boolean settle(Report job, Work work, boolean proven, Instant now);
}
