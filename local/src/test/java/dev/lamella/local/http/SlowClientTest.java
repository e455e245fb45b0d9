package dev.lamella.local.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that hold on to a server do not keep others from it. */
class SlowClientTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(200);

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket begin(LoopbackServer server, String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    sockets.add(socket);
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return socket;
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  private void assertServes(LoopbackServer server) throws IOException {
    String request = "GET /honest HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    assertThat(rest(begin(server, request))).endsWith("GET /honest ");
  }

  private static LoopbackServer server(Limits limits) throws IOException {
    return LoopbackServer.start(0, RawHttpTest::echo, limits);
  }

  @Test
  void clients_800ThatHangInHeadAndBody_leaveRoomForOthers() throws IOException {
    try (LoopbackServer server = server(new Limits(LONG, LONG, 500, 1_500))) {
      for (int i = 0; i < 400; i++) {
        begin(server, "GET / HTTP/1.1\r\nX-Slow");
        begin(server, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na");
      }
      assertServes(server);
    }
  }

  @Test
  void connections_moreThanMayWait_endTheOldest() throws IOException {
    try (LoopbackServer server = server(new Limits(LONG, LONG, 10, 100))) {
      Socket oldest = begin(server, "GET / HTTP/1.1\r\n");
      for (int i = 0; i < 20; i++) {
        begin(server, "GET / HTTP/1.1\r\n");
      }
      // With an answer, unless it is ended before its first bytes are read.
      assertThat(rest(oldest)).matches("(?s)|HTTP/1\\.1 408.*");
      assertServes(server);
    }
  }

  @Test
  void head_thatNeverEnds_isAnswered408() throws IOException {
    try (LoopbackServer server = server(new Limits(SHORT, LONG, 100, 200))) {
      assertThat(rest(begin(server, "GET / HTTP/1.1\r\nX: "))).startsWith("HTTP/1.1 408");
      String first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
      Socket second = begin(server, first);
      assertThat(second.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
      second.getOutputStream().write("GET /2 HT".getBytes(ISO_8859_1));
      assertThat(rest(second)).contains("GET /1 ", "HTTP/1.1 408");
    }
  }

  @Test
  void connection_thatWaitsWithoutARequest_isEndedWithoutAWord() throws IOException {
    try (LoopbackServer server = server(new Limits(SHORT, LONG, 100, 200))) {
      assertThat(rest(begin(server, ""))).isEmpty();
      assertThat(rest(begin(server, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"))).endsWith("GET /1 ");
    }
  }

  @Test
  void body_thatNeverEnds_isAnswered408() throws IOException {
    try (LoopbackServer server = server(new Limits(LONG, SHORT, 100, 200))) {
      String head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na";
      assertThat(rest(begin(server, head))).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void body_thatDrips_isAnswered408() throws IOException {
    try (LoopbackServer server = server(new Limits(LONG, SHORT, 100, 200))) {
      Socket socket = begin(server, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
      Thread drip =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 1_000; i++) {
                        socket.getOutputStream().write('a');
                        Thread.sleep(10);
                      }
                    } catch (IOException | InterruptedException e) {
                      // Ended, as it should be.
                    }
                  });
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, ISO_8859_1)).isEqualTo("HTTP/1.1 408");
      drip.interrupt();
    }
  }

  @Test
  void function_thatTakesLong_isWaitedFor() throws IOException {
    try (LoopbackServer server =
        LoopbackServer.start(
            0,
            exchange -> {
              try {
                Thread.sleep(4 * SHORT.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              RawHttpTest.echo(exchange);
            },
            new Limits(SHORT, SHORT, 100, 200))) {
      assertServes(server);
    }
  }

  /** Handlers and Jetty must not read the same requests when they end. */
  @Test
  void close_withRequestsInTheirBodies_endsThemWithoutAFailure() throws IOException {
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, failure) -> uncaught.add(failure));
    try {
      for (int round = 0; round < 5; round++) {
        LoopbackServer server = server(new Limits(LONG, LONG, 500, 1_000));
        for (int i = 0; i < 50; i++) {
          begin(server, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na");
          begin(
              server,
              "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        }
        assertServes(server);
        server.close();
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).isEmpty();
  }
}
