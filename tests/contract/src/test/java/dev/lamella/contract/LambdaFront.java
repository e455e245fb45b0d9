package dev.lamella.contract;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Lambda's Invoke, with one function behind it: an asynchronous caller gets no result. */
final class LambdaFront implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Consumer<byte[]> function;
  private final List<String> types = new CopyOnWriteArrayList<>();

  private LambdaFront(HttpServer server, Consumer<byte[]> function) {
    this.server = server;
    this.function = function;
  }

  /**
   * @param name of the function
   * @param function gets each event
   */
  static LambdaFront before(String name, Consumer<byte[]> function) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
      LambdaFront front = new LambdaFront(server, function);
      server.createContext("/2015-03-31/functions/" + name + "/invocations", front::invoke);
      server.setExecutor(front.threads);
      server.start();
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How the function was invoked, each time. */
  List<String> types() {
    return types;
  }

  /** An environment in which Lambda is this. */
  Map<String, String> environment() {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return Map.of("AWS_ENDPOINT_URL_LAMBDA", uri.toString());
  }

  private void invoke(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] event = exchange.getRequestBody().readAllBytes();
      String type =
          Objects.requireNonNull(exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type"));
      types.add(type);
      if (type.equals("Event")) {
        var _ = threads.submit(() -> function.accept(event));
        exchange.sendResponseHeaders(202, -1);
        return;
      }
      byte[] answer = "null".getBytes(StandardCharsets.UTF_8);
      try {
        function.accept(event);
      } catch (RuntimeException e) {
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
        answer = "{\"errorMessage\":\"it failed\"}".getBytes(StandardCharsets.UTF_8);
      }
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
