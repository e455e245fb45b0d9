package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.core.Quoted;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A function behind API Gateway: has each event answered, and logs one line, and another for the
 * audit trail where it has one: no call fails for want of it, since a log takes all.
 */
public class Gateway
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  /** Characters of a path in the log. */
  private static final int LONGEST = 1_000;

  private final Router router;

  public Gateway(Router router) {
    this.router = router;
  }

  /** Never throws: whatever goes wrong becomes an answer in OCI form. */
  @Override
  public final APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    long start = System.nanoTime();
    Answer answer;
    Optional<Call> call = Optional.empty();
    try {
      call = Optional.of(Events.call(event));
      answer = router.answer(call.get());
    } catch (RuntimeException e) {
      if (Errors.isFault(e)) {
        context.getLogger().log(trace(e), LogLevel.ERROR);
      }
      answer = Errors.answer(e, context.getAwsRequestId());
    }
    Answer answered = answer.with("Docker-Distribution-Api-Version", "registry/2.0");
    APIGatewayProxyResponseEvent response = Events.of(answered);
    // Bytes go to the log as they are: a text would stand in JSON once more.
    call.flatMap(
            known ->
                Audit.line(
                    event,
                    known,
                    answered,
                    response.getStatusCode(),
                    Instant.now(),
                    context.getAwsRequestId()))
        .ifPresent(line -> context.getLogger().log(line, LogLevel.INFO));
    long millis = (System.nanoTime() - start) / 1_000_000;
    context
        .getLogger()
        .log(
            "%s %s %d in %d ms"
                .formatted(
                    line(event.getHttpMethod()),
                    line(event.getPath()),
                    response.getStatusCode(),
                    millis),
            LogLevel.INFO);
    return response;
  }

  /** A break in it would begin a line of its own, which the caller has written. */
  private static String line(@Nullable String text) {
    return Quoted.line(String.valueOf(text), LONGEST);
  }

  private static String trace(RuntimeException e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
