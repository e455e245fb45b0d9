package dev.lamella.verifier;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.core.api.Json;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.VerifierEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The function {@code verifier}: begins verification jobs on a schedule, walks through the layers
 * of a job, and looks at batches of their shards. Invoked asynchronously, so at least once.
 */
public final class VerifierHandler implements RequestStreamHandler {
  /** What a page of work, or handing over to the next invocation, takes at most. */
  private static final Duration RESERVE = Duration.ofSeconds(60);

  private final Wiring wiring;
  private final InstantSource clock;
  private final String function;

  /** Where metrics go; with Lambda's own log they would be text within JSON, and no metrics. */
  private final Optional<PrintStream> metrics;

  public VerifierHandler() {
    this(System.getenv(), InstantSource.system(), Optional.of(System.out));
  }

  /**
   * Metrics go to the log.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public VerifierHandler(Map<String, String> variables, InstantSource clock) {
    this(variables, clock, Optional.empty());
  }

  private VerifierHandler(
      Map<String, String> variables, InstantSource clock, Optional<PrintStream> metrics) {
    this.wiring = Wiring.of(variables, clock);
    this.clock = clock;
    this.function = variables.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "verifier");
    this.metrics = metrics;
  }

  /**
   * @throws dev.lamella.core.Refusal where the event is not a {@link VerifierEvent}, or its job is
   *     unknown
   */
  @Override
  public void handleRequest(InputStream event, OutputStream result, Context context)
      throws IOException {
    VerifierEvent what = Json.read(event.readAllBytes(), VerifierEvent.class);
    if (what.start().isPresent()) {
      result.write(Json.write(start(what.start().get(), context)));
    } else if (what.run().isPresent()) {
      result.write(Json.write(run(what.run().get(), context)));
    } else {
      result.write(Json.write(verify(what.batch().orElseThrow(), context)));
    }
  }

  private ReportId start(Scope scope, Context context) {
    ReportId id = wiring.startVerification().start(scope, Optional.empty()).id();
    context.getLogger().log("verification " + id + " of " + scope.key(), LogLevel.INFO);
    return id;
  }

  private ReportId run(ReportId id, Context context) {
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(RESERVE);
    wiring.walk().run(id, clock.instant().plus(left));
    return id;
  }

  private Tally verify(Batch batch, Context context) {
    Tally tally = wiring.verifyBatch().verify(batch);
    String line = new Metrics(function, tally, clock.instant()).line();
    metrics.ifPresentOrElse(
        out -> out.println(line), () -> context.getLogger().log(line, LogLevel.INFO));
    context.getLogger().log(batch + ": " + tally, LogLevel.INFO);
    return tally;
  }
}
