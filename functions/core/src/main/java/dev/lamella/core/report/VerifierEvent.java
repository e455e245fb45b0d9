package dev.lamella.core.report;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the function {@code verifier} is invoked with: one of these.
 *
 * @param start begins a job with the usual budget: what the schedules send
 * @param run has a job go on
 * @param batch has a batch of shards looked at
 */
public record VerifierEvent(Optional<Scope> start, Optional<ReportId> run, Optional<Batch> batch) {
  /**
   * @throws Refusal {@code REQUEST_INVALID} unless it is one of the three
   */
  public VerifierEvent {
    if (Stream.of(start, run, batch).filter(Optional::isPresent).count() != 1) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "an event of the verifier has one of start, run and batch");
    }
  }

  public static VerifierEvent of(ReportId run) {
    return new VerifierEvent(Optional.empty(), Optional.of(run), Optional.empty());
  }

  public static VerifierEvent of(Batch batch) {
    return new VerifierEvent(Optional.empty(), Optional.empty(), Optional.of(batch));
  }
}
