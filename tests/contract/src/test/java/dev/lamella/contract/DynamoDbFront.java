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
  private static final byte[] DIED =
      """
      {"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"died"}\
      """
          .getBytes(StandardCharsets.UTF_8);

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
   * @return whether it may
   */
  abstract boolean admits(String operation);

  final URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String operation =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target")).orElse("");
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!admits(operation.substring(operation.indexOf('.') + 1))) {
        send(exchange, 400, DIED);
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target).POST(BodyPublishers.ofByteArray(body));
      for (String header : new String[] {"X-Amz-Target", "Content-Type", "Authorization"}) {
        request.header(header, exchange.getRequestHeaders().getFirst(header));
      }
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      send(exchange, answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
