package dev.lamella.aws;

import dev.lamella.core.api.Json;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.VerifierEvent;

/** Verifiers by asynchronous invocation. */
public final class LambdaVerifiers implements Verifiers {
  private final AsynchronousFunction function;

  LambdaVerifiers(AsynchronousFunction function) {
    this.function = function;
  }

  @Override
  public void run(ReportId id) {
    function.invoke(Json.write(VerifierEvent.of(id)));
  }

  @Override
  public void verify(Batch batch) {
    function.invoke(Json.write(VerifierEvent.of(batch)));
  }
}
