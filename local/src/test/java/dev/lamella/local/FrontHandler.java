package dev.lamella.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A function behind the API: answers what it was asked, or as the query's `do` says. */
public final class FrontHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Map<String, String> environment;

  public FrontHandler(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    context.getLogger().log("asked for " + event.getPath());
    Map<String, String> query = event.getQueryStringParameters();
    String action = query == null ? "" : query.getOrDefault("do", "");
    APIGatewayProxyResponseEvent answer = new APIGatewayProxyResponseEvent().withStatusCode(200);
    return switch (action) {
      case "throw" -> throw new IllegalStateException("a secret inside");
      case "sleep" -> {
        sleep();
        yield answer;
      }
      case "large" -> answer.withBody("x".repeat(7 << 20));
      case "nothing" -> new APIGatewayProxyResponseEvent();
      case "binary" ->
          answer
              .withBody(Base64.getEncoder().encodeToString(new byte[] {0, 1, (byte) 0xff}))
              .withHeaders(Map.of("Content-Type", "application/octet-stream"))
              .withIsBase64Encoded(true);
      case "headers" ->
          answer
              .withStatusCode(401)
              .withHeaders(
                  Map.of(
                      "WWW-Authenticate", "Bearer",
                      "Content-Length", "999",
                      "Server", "me",
                      "Content-Type", "application/json"))
              .withMultiValueHeaders(Map.of("Link", List.of("<a>", "<b>")))
              .withBody("{}");
      case "empty" -> answer.withStatusCode(204);
      default -> answer.withBody(json(event));
    };
  }

  /** The environment that it was made with. */
  Map<String, String> environment() {
    return environment;
  }

  private static void sleep() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String json(APIGatewayProxyRequestEvent event) {
    return new JsonMapper().writeValueAsString(event);
  }
}
