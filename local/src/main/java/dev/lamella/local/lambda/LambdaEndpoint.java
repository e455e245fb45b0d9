package dev.lamella.local.lambda;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.local.http.Exchanges;
import dev.lamella.local.http.LoopbackServer;
import dev.lamella.local.lambda.InvocationResult.Accepted;
import dev.lamella.local.lambda.InvocationResult.Completed;
import dev.lamella.local.lambda.InvocationResult.Failed;
import dev.lamella.local.lambda.InvocationResult.Rejected;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lambda's HTTP API as far as SDK clients need it to invoke functions. It takes only calls signed
 * with the stack's access key (the signature itself is not verified).
 */
public final class LambdaEndpoint implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern INVOCATIONS =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");
  private static final Pattern QUALIFIER = Pattern.compile("(?:^|&)Qualifier=([^&]*)");

  private final LambdaService lambda;
  private final String accessKey;
  private final LoopbackServer server;

  private LambdaEndpoint(LambdaService lambda, String accessKey) throws IOException {
    this.lambda = lambda;
    this.accessKey = accessKey;
    this.server = LoopbackServer.start(0, this::answer);
  }

  /** Starts it on a free port. */
  public static LambdaEndpoint start(LambdaService lambda, String accessKey) throws IOException {
    return new LambdaEndpoint(lambda, accessKey);
  }

  public URI uri() {
    return server.uri();
  }

  @Override
  public void close() {
    server.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Matcher path = INVOCATIONS.matcher(exchange.getRequestURI().getRawPath());
    String authorization =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    if (!authorization.contains("Credential=" + accessKey + "/")) {
      sendError(exchange, 403, "UnrecognizedClientException", "The security token is not valid.");
    } else if (!exchange.getRequestMethod().equals("POST") || !path.matches()) {
      sendError(exchange, 404, "UnknownOperationException", "The local Lambda only invokes.");
    } else {
      invoke(exchange, function(exchange, path.group(1)));
    }
  }

  private static String function(HttpExchange exchange, String encoded) {
    String name = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    Matcher qualifier = QUALIFIER.matcher(query);
    return qualifier.find()
        ? name + ":" + URLDecoder.decode(qualifier.group(1), StandardCharsets.UTF_8)
        : name;
  }

  private void invoke(HttpExchange exchange, String function) throws IOException {
    String type =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type"))
            .orElse("RequestResponse");
    Optional<byte[]> body = Exchanges.body(exchange, LambdaService.SYNCHRONOUS_LIMIT);
    if (body.isEmpty()) {
      String message =
          "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
      send(exchange, new Rejected(Rejection.TOO_LARGE, message));
      return;
    }
    byte[] payload = body.get().length == 0 ? new byte[] {'{', '}'} : body.get();
    try {
      switch (type) {
        case "Event" -> send(exchange, lambda.enqueue(function, payload));
        case "DryRun" -> Exchanges.send(exchange, lambda.has(function) ? 204 : 404, new byte[0]);
        default -> send(exchange, lambda.invoke(function, payload));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private static void send(HttpExchange exchange, InvocationResult result) throws IOException {
    switch (result) {
      case Completed completed -> {
        identify(exchange, completed.requestId());
        exchange.getResponseHeaders().set("X-Amz-Executed-Version", "$LATEST");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        Exchanges.send(exchange, 200, completed.payload());
      }
      case Failed failed -> {
        identify(exchange, failed.requestId());
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
        Exchanges.sendJson(exchange, 200, failed.error().json());
      }
      case Accepted accepted -> {
        identify(exchange, accepted.requestId());
        Exchanges.send(exchange, 202, new byte[0]);
      }
      case Rejected rejected ->
          sendError(
              exchange, rejected.reason().status(), rejected.reason().type(), rejected.message());
    }
  }

  private static void identify(HttpExchange exchange, String requestId) {
    exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
  }

  private static void sendError(HttpExchange exchange, int status, String type, String message)
      throws IOException {
    exchange.getResponseHeaders().set("X-Amzn-ErrorType", type);
    Exchanges.sendJson(
        exchange,
        status,
        JSON.createObjectNode().put("Type", "User").put("Message", message).toString());
  }
}
