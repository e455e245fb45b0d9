package dev.lamella.core.report;

/**
 * A step of a job past something that it did not take into work.
 *
 * @param cursor where the job goes on
 * @param isLast whether it takes on nothing more
 * @param shared layers that were left to other jobs
 * @param orphans that were found
 * @param requests to storage servers that it took
 */
public record Step(
    String cursor, boolean isLast, int shared, Report.Orphans orphans, int requests) {

  /** To a place, with nothing to tell of the way. */
  public static Step to(String cursor) {
    return new Step(cursor, false, 0, Report.Orphans.NONE, 0);
  }

  /** Past a layer that another job has. */
  public static Step past(String cursor) {
    return new Step(cursor, false, 1, Report.Orphans.NONE, 0);
  }

  /** With which a job ends. */
  public static Step end(String cursor) {
    return new Step(cursor, true, 0, Report.Orphans.NONE, 0);
  }
}
