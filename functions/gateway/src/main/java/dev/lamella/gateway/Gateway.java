package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A function behind API Gateway: has each event answered, and logs one line. */
public class Gateway
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
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
    try {
      answer = router.answer(Events.call(event));
    } catch (RuntimeException e) {
      if (Errors.isFault(e)) {
        context.getLogger().log(trace(e), LogLevel.ERROR);
      }
      answer = Errors.answer(e, context.getAwsRequestId());
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    context
        .getLogger()
        .log(
            "%s %s %d in %d ms"
                .formatted(event.getHttpMethod(), event.getPath(), answer.status(), millis),
            LogLevel.INFO);
    return Events.of(answer.with("Docker-Distribution-Api-Version", "registry/2.0"));
  }

  private static String trace(RuntimeException e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
