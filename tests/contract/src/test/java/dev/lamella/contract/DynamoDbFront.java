package dev.lamella.contract;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;

/** Stands before DynamoDB and decides of each request whether it comes through, and when. */
abstract class DynamoDbFront implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;

  DynamoDbFront(URI target) throws IOException {
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    this.target = target;
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
  }

  final void start() {
    server.start();
  }

  /**
   * Returns when the request may come through.
   *
   * @param operation such as {@code GetItem}
   * @return the error in its place; empty where it may
   */
  abstract Optional<String> refusal(String operation, byte[] body);

  /** A request that came through is answered. */
  void answered(String operation, byte[] body) {}

  /**
   * @param more fields of the error
   */
  static String error(String type, String more) {
    return "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"refused\"%s}"
        .formatted(type, more);
  }

  final URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target")).orElse("");
      String operation = target.substring(target.indexOf('.') + 1);
      byte[] body = exchange.getRequestBody().readAllBytes();
      Optional<String> refusal = refusal(operation, body);
      if (refusal.isPresent()) {
        send(exchange, 400, refusal.get().getBytes(StandardCharsets.UTF_8));
        return;
      }
      HttpResponse<byte[]> answer;
      try {
        answer = pass(exchange, body);
      } finally {
        answered(operation, body);
      }
      send(exchange, answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(this.target).POST(BodyPublishers.ofByteArray(body));
    for (String header : new String[] {"X-Amz-Target", "Content-Type", "Authorization"}) {
      request.header(header, exchange.getRequestHeaders().getFirst(header));
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public final void close() {
    server.stop(0);
    client.close();
  }
}
