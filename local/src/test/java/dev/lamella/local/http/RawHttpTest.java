package dev.lamella.local.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over the wire as no HTTP client sends it: always answered, never cut. */
@TestInstance(Lifecycle.PER_CLASS)
class RawHttpTest {
  private static final String END = "Host: h\r\nConnection: close\r\n\r\n";

  private LoopbackServer server;

  @BeforeAll
  void start() throws IOException {
    server = LoopbackServer.start(0, RawHttpTest::echo);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** Answers what it was asked: the method, the target and the body. */
  static void echo(HttpExchange exchange) throws IOException {
    byte[] body = Exchanges.body(exchange, 1 << 20).orElseThrow();
    String seen = exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath() + " ";
    Exchanges.send(exchange, 200, (seen + new String(body, ISO_8859_1)).getBytes(ISO_8859_1));
  }

  private String answer(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String chunked(String rest) {
    return "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + END + rest;
  }

  @Test
  void body_chunkedWithATrailer_isTakenWhole() throws IOException {
    assertThat(answer(chunked("3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n")))
        .startsWith("HTTP/1.1 200")
        .endsWith("POST /x abcde");
  }

  @Test
  void request_thatExpects100_getsItWithoutALength() throws IOException {
    String head = "PUT /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + END;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      String expected = "HTTP/1.1 100 Continue\r\n\r\n";
      byte[] first = socket.getInputStream().readNBytes(expected.length());
      assertThat(new String(first, ISO_8859_1)).isEqualTo(expected);
      socket.getOutputStream().write("abc".getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 200")
          .endsWith("PUT /x abc");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1~Connection: close~~', 400",
    "'GET / HTTP/1.1~Host: a~Host: b~Connection: close~~', 400",
    "'GET / HTTP/1.0~~', 200",
    "'POST / HTTP/1.1~Host: h~Content-Length: 3~Content-Length: 4~~abcd', 400",
    "'POST / HTTP/1.1~Host: h~Content-Length: 3~Transfer-Encoding: chunked~~0~~', 400",
    "'POST / HTTP/1.1~Host: h~Content-Length: -3~~', 400",
    "'POST / HTTP/1.1~Host: h~Content-Length: 99999999999999999999~~', 400",
    "'POST / HTTP/1.1~Host: h~Content-Length: x~~', 400",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~~zz~abc~0~~', 400",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~~-1~abc~0~~', 400",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~~fffffffffffffffff~abc', 400",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: gzip~~', 400",
    "'GET / HTTP/1.1~Host: h~Expect: miracles~~', 417",
    "'GET / HTTP/1.1~Host: h~Expect: miracles~Connection: close~~', 417",
    "'GET / HTTP/1.0~Expect: miracles~~', 200",
    "'PUT / HTTP/1.1~Host: h~Expect: miracles~Connection: close~Content-Length: 3~~abc', 417",
    "'PUT / HTTP/1.1~Host: h~Expect: miracles, 100-continue~Content-Length: 3~~abc', 417",
    "'GET /%00 HTTP/1.1~Host: h~Connection: close~~', 400",
    "'GET /%00 HTTP/1.1~Host: h~~', 400",
    "'GET /a%ff HTTP/1.1~Host: h~Connection: close~~', 200",
    "'GET /?%00 HTTP/1.1~Host: h~Connection: close~~', 200",
    "'GET / HTTP/2.0~Host: h~Connection: close~~', 505",
    "'PRI * HTTP/2.0~~SM~~', 505",
    "'GE T / HTTP/1.1~Host: h~~', 400",
    "'GET / HTTP/1.1~Host: h~X: \u0000~~', 400",
    "'GET http://h/y HTTP/1.1~Host: h~Connection: close~~', 200",
    "'GET //h/y HTTP/1.1~Host: h~Connection: close~~', 200",
    "'GET /a/%2e%2e/%2F HTTP/1.1~Host: h~Connection: close~~', 200",
    "'GET /%2e%2e/a HTTP/1.1~Host: h~Connection: close~~', 400",
    "'GET /%zz HTTP/1.1~Host: h~Connection: close~~', 400",
    "'GET /a b HTTP/1.1~Host: h~Connection: close~~', 400",
    "'GET / HTTP/9.9~Host: h~Connection: close~~', 505",
    "'GET / HTTP/1.1~Host: h~no colon~~', 400",
    "'GET / HTTP/1.1~Host: h~ folded: x~~', 400",
    "'nonsense~~', 400",
    "'OPTIONS * HTTP/1.1~Host: h~Connection: close~~', 400",
  })
  void request_odd_isAnswered(String request, int status) throws IOException {
    String answer = answer(request.replace("~", "\r\n"));
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    if (status >= 400) {
      assertInForm(answer);
    }
  }

  /** In the form of the OCI specification, as what the functions answer is. */
  private static void assertInForm(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    assertThat(answer.substring(0, end)).containsIgnoringCase("Content-Type: application/json");
    ErrorAnswer.Entry error =
        Json.read(answer.substring(end + 4).getBytes(ISO_8859_1), ErrorAnswer.class)
            .errors()
            .getFirst();
    assertThat(error.code()).isIn("REQUEST_INVALID", "TOO_LARGE", "UNAVAILABLE", "INTERNAL");
    // What was wrong, and what to do.
    assertThat(error.message()).contains(": ");
  }

  /** Whether the client sends its body before it reads or waits for an answer. */
  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void expectation_unknownBeforeALargeBody_isAnswered417(String field) throws IOException {
    String head =
        "PUT / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 3000000\r\n" + field;
    String eager = answer(head + "\r\n" + "a".repeat(3_000_000));
    assertThat(eager).startsWith("HTTP/1.1 417");
    assertInForm(eager);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
      assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 417");
    }
  }

  @Test
  void head_tooLarge_is431Or414() throws IOException {
    String target = answer("GET /" + "a".repeat(70_000) + " HTTP/1.1\r\n" + END);
    assertThat(target).startsWith("HTTP/1.1 414");
    assertInForm(target);
    for (String fields : List.of("X: " + "a".repeat(70_000) + "\r\n", "X: a\r\n".repeat(20_000))) {
      String head = answer("GET / HTTP/1.1\r\n" + fields + END);
      assertThat(head).startsWith("HTTP/1.1 431");
      assertInForm(head);
    }
  }

  @Test
  void requests_pipelined_areAnsweredInTurn() throws IOException {
    String first = "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na";
    assertThat(answer(first + "HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\n" + END))
        .contains("POST /1 a")
        .doesNotContain("HEAD /2 ")
        .contains("Content-Length: 8")
        .endsWith("GET /3 ");
  }

  @Test
  void head_withABody_isTakenAndGetsNone() throws IOException {
    assertThat(answer("HEAD /x HTTP/1.1\r\nContent-Length: 3\r\n" + END + "abc"))
        .startsWith("HTTP/1.1 200")
        .contains("Content-Length: 11")
        .endsWith("\r\n\r\n");
  }
}
