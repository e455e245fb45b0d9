package dev.lamella.core.port;

import dev.lamella.core.report.Batch;
import dev.lamella.core.report.ReportId;

/**
 * The verifier functions. What is handed over comes at least once; each method returns when it is
 * sure to come, not when it is done.
 */
public interface Verifiers {

  /** Has a job go on from its cursor. */
  void run(ReportId id);

  /** Has a batch of shards looked at. */
  void verify(Batch batch);
}
