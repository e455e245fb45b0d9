package dev.lamella.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ShapedLinkTest {
  private static final int SIZE = 1 << 20;
  private static final long RATE = 2 << 20;

  /** Answers with as many bytes as it was sent, or with SIZE bytes to a GET, and tells the Host. */
  private static final HttpHandler SERVER =
      exchange -> {
        byte[] body = exchange.getRequestBody().readAllBytes();
        byte[] answer =
            exchange.getRequestMethod().equals("GET")
                ? new byte[SIZE]
                : (body.length + " " + exchange.getRequestHeaders().getFirst("Host"))
                    .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(answer);
        }
      };

  private record Upstream(HttpServer server) implements AutoCloseable {
    static Upstream start() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", SERVER);
      server.start();
      return new Upstream(server);
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static long put(HttpClient client, URI uri) throws Exception {
    long start = System.nanoTime();
    HttpRequest request =
        HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofByteArray(new byte[SIZE])).build();
    String answer = client.send(request, BodyHandlers.ofString()).body();
    assertThat(answer).isEqualTo(SIZE + " " + uri.getAuthority());
    return System.nanoTime() - start;
  }

  private static long get(HttpClient client, URI uri) throws Exception {
    long start = System.nanoTime();
    assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray()).body())
        .hasSize(SIZE);
    return System.nanoTime() - start;
  }

  /** The shortest time that the bytes can take: a link may be slower when the machine is busy. */
  private static long atLeast(long bytes) {
    return (long) (bytes * 1e9 / RATE * 0.99);
  }

  @Test
  void bandwidth_ofOneConnection_holdsEachWayAndLeavesTheHostHeader() throws Exception {
    try (Upstream server = Upstream.start();
        ShapedLink link = ShapedLink.start(server.port(), new Shaping(RATE, Duration.ZERO));
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(put(client, link.uri())).isGreaterThan(atLeast(SIZE));
      assertThat(get(client, link.uri())).isGreaterThan(atLeast(SIZE));
    }
  }

  @Test
  void bandwidth_of64Connections_isTheirSum() throws Exception {
    try (Upstream server = Upstream.start();
        ShapedLink link = ShapedLink.start(server.port(), new Shaping(RATE, Duration.ZERO));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long alone;
      try (HttpClient client = HttpClient.newHttpClient()) {
        alone = get(client, link.uri());
      }
      long start = System.nanoTime();
      List<Future<Long>> gets = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        gets.add(
            threads.submit(
                () -> {
                  try (HttpClient client = HttpClient.newHttpClient()) {
                    return get(client, link.uri());
                  }
                }));
      }
      for (Future<Long> one : gets) {
        assertThat(one.get()).isGreaterThan(atLeast(SIZE));
      }
      long together = System.nanoTime() - start;
      // One after the other they would take 64 times as long.
      assertThat(together).isLessThan(alone * 16);
    }
  }

  @Test
  void latency_isPaidOncePerRequest() throws Exception {
    Duration latency = Duration.ofMillis(20);
    try (Upstream server = Upstream.start();
        ShapedLink link = ShapedLink.start(server.port(), new Shaping(0, latency));
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      int requests = 10;
      for (int i = 0; i < requests; i++) {
        assertThat(put(client, link.uri())).isGreaterThanOrEqualTo(latency.toNanos());
      }
      // A body follows its header in packets of its own: these are no requests.
      assertThat(link.delayed()).isEqualTo(requests);
      HttpRequest asking =
          HttpRequest.newBuilder(link.uri())
              .expectContinue(true)
              .PUT(BodyPublishers.ofByteArray(new byte[SIZE]))
              .build();
      for (int i = 0; i < requests; i++) {
        assertThat(client.send(asking, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      }
      assertThat(link.delayed()).isEqualTo(2L * requests);
    }
  }

  @Test
  void close_cutsItsConnections() throws Exception {
    try (Upstream server = Upstream.start();
        HttpClient client = HttpClient.newHttpClient()) {
      ShapedLink link = ShapedLink.start(server.port(), new Shaping(1000, Duration.ZERO));
      var answer =
          client.sendAsync(
              HttpRequest.newBuilder(link.uri()).build(), BodyHandlers.ofInputStream());
      try (var body = answer.get().body()) {
        link.close();
        org.assertj.core.api.Assertions.assertThatThrownBy(body::readAllBytes)
            .isInstanceOf(IOException.class);
      }
    }
  }
}
