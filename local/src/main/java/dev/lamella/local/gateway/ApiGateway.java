package dev.lamella.local.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.local.gateway.GatewayError.OwnAnswer;
import dev.lamella.local.gateway.RouteTable.Match;
import dev.lamella.local.http.Exchanges;
import dev.lamella.local.http.LoopbackServer;
import dev.lamella.local.lambda.InvocationResult;
import dev.lamella.local.lambda.InvocationResult.Completed;
import dev.lamella.local.lambda.InvocationResult.Rejected;
import dev.lamella.local.lambda.LambdaService;
import dev.lamella.local.lambda.Rejection;
import dev.lamella.local.template.ApiDefinition;
import dev.lamella.local.template.ApiKind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Serves the template's API, behind its edge where it has one. */
public final class ApiGateway implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ApiGateway.class.getName());

  /** Bytes of a request's body. */
  private static final int REQUEST_LIMIT = 10 << 20;

  private final ApiDefinition api;
  private final Optional<Edge> edge;
  private final LambdaService lambda;
  private final RouteTable routes;
  private final ProxyEvent events;
  private final ExecutorService integrations = Executors.newVirtualThreadPerTaskExecutor();
  private final LoopbackServer server;

  private ApiGateway(
      ApiDefinition api, Optional<Edge> edge, String account, LambdaService lambda, int port)
      throws IOException {
    this.api = api;
    this.edge = edge;
    this.lambda = lambda;
    this.routes = new RouteTable(api.routes());
    this.events = new ProxyEvent(api, account);
    this.server = LoopbackServer.start(port, this::answer);
  }

  /**
   * @param port 0 for any free one
   * @throws java.net.BindException if the port is in use; its message is one line
   */
  public static ApiGateway start(
      ApiDefinition api, Optional<Edge> edge, String account, LambdaService lambda, int port)
      throws IOException {
    return new ApiGateway(api, edge, account, lambda, port);
  }

  /** Where clients reach it, with the stage if they have to name it. */
  public URI uri() {
    return edge.isPresent() ? server.uri() : server.uri().resolve(api.prefix());
  }

  @Override
  public void close() throws IOException {
    server.close();
    integrations.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (edge.isPresent() && edge.get().answers(exchange)) {
      return;
    }
    String requestId = UUID.randomUUID().toString();
    exchange
        .getResponseHeaders()
        .set(api.kind() == ApiKind.HTTP ? "Apigw-Requestid" : "x-amzn-RequestId", requestId);
    Optional<byte[]> body = Exchanges.body(exchange, REQUEST_LIMIT);
    String path =
        edge.map(before -> before.definition().path()).orElse("")
            + exchange.getRequestURI().getRawPath();
    if (body.isEmpty()) {
      OwnAnswer tooLarge = answer(exchange, GatewayError.TOO_LARGE);
      Exchanges.sendEarly(exchange, tooLarge.status(), tooLarge.json());
    } else if (!path.equals(api.prefix()) && !path.startsWith(api.prefix() + "/")) {
      send(exchange, GatewayError.NO_STAGE);
    } else {
      String rest = path.substring(api.prefix().length());
      route(exchange, rest.isEmpty() ? "/" : rest, body.get(), requestId);
    }
  }

  private void route(HttpExchange exchange, String rawPath, byte[] body, String requestId)
      throws IOException {
    ProxyRequest request;
    try {
      request = ProxyRequest.of(exchange, api.kind(), rawPath, body);
      if (edge.isPresent()) {
        request = edge.get().passed(request, exchange.getRequestURI().getRawPath());
      }
    } catch (IllegalArgumentException e) {
      send(exchange, GatewayError.BAD_REQUEST);
      return;
    }
    Optional<Match> match = routes.find(request.method(), request.path());
    if (match.isEmpty()) {
      send(exchange, GatewayError.NO_ROUTE);
      return;
    }
    integrate(exchange, match.get(), events.json(request, match.get(), requestId));
  }

  private void integrate(HttpExchange exchange, Match match, byte[] event) throws IOException {
    Future<InvocationResult> invocation =
        integrations.submit(() -> lambda.invoke(match.route().function(), event));
    try {
      // A function that overruns the API's time limit runs on, but its answer is dropped.
      InvocationResult result =
          invocation.get(match.route().timeout().toMillis(), TimeUnit.MILLISECONDS);
      answer(exchange, result);
    } catch (TimeoutException e) {
      send(exchange, GatewayError.TIMED_OUT);
    } catch (ExecutionException e) {
      LOG.log(Level.ERROR, match.route().function() + " was not invoked", e.getCause());
      send(exchange, GatewayError.NOT_INVOKED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange, InvocationResult result) throws IOException {
    if (result instanceof Rejected rejected) {
      send(
          exchange,
          rejected.reason() == Rejection.TOO_LARGE
              ? GatewayError.TOO_LARGE
              : GatewayError.NOT_INVOKED);
      return;
    }
    String accept = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("");
    Optional<ProxyAnswer> answer =
        result instanceof Completed completed
            ? ProxyAnswer.parse(completed.payload(), api, accept)
            : Optional.empty();
    if (answer.isEmpty()) {
      send(exchange, GatewayError.FUNCTION_FAILED);
      return;
    }
    exchange.getResponseHeaders().putAll(answer.get().headers());
    Exchanges.send(exchange, answer.get().status(), answer.get().body());
  }

  private void send(HttpExchange exchange, GatewayError error) throws IOException {
    OwnAnswer answer = answer(exchange, error);
    Exchanges.sendJson(exchange, answer.status(), answer.json());
  }

  private OwnAnswer answer(HttpExchange exchange, GatewayError error) {
    OwnAnswer answer = error.answer(api);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    return answer;
  }
}
