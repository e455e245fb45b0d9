package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;

/**
 * What a function behind API Gateway does with each event: finds its route, answers it, and logs
 * one line.
 */
public final class Gateway {
  private final List<Route> routes;

  public Gateway(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  /** Never throws: whatever goes wrong becomes an answer in OCI form. */
  public APIGatewayProxyResponseEvent handle(APIGatewayProxyRequestEvent event, Context context) {
    long start = System.nanoTime();
    Answer answer;
    try {
      answer = route(Call.of(event));
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
    return answer.with("Docker-Distribution-Api-Version", "registry/2.0").event();
  }

  private Answer route(Call call) {
    boolean isKnown = false;
    for (Route route : routes) {
      Optional<Call> matched = route.match(call);
      if (matched.isEmpty()) {
        continue;
      }
      if (route.takes(call)) {
        return route.answer(matched.get());
      }
      isKnown = true;
    }
    if (isKnown) {
      throw new Refusal(ErrorCode.UNSUPPORTED, call.method() + " is not supported for this path");
    }
    throw new Refusal(ErrorCode.ROUTE_UNKNOWN, "there is nothing at this path");
  }

  private static String trace(RuntimeException e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
