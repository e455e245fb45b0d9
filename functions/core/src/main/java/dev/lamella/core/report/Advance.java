package dev.lamella.core.report;

import java.util.Optional;

/**
 * How far a job goes on, past something that it did not take into work.
 *
 * @param cursor where the job goes on; empty where it has come to the end
 * @param isLast whether it takes on nothing more
 * @param shared layers that were left to other jobs
 */
public record Advance(Optional<String> cursor, boolean isLast, int shared) {
  /** To the end of all that there is. */
  public static final Advance END = new Advance(Optional.empty(), true, 0);

  /** To a place, with nothing to tell of the way. */
  public static Advance to(String cursor) {
    return new Advance(Optional.of(cursor), false, 0);
  }

  /** Past a layer that another job has. */
  public static Advance past(String cursor) {
    return new Advance(Optional.of(cursor), false, 1);
  }

  /** Nowhere: the job's budget has ended. */
  public static Advance stop(Report job) {
    return new Advance(job.cursor(), true, 0);
  }
}
