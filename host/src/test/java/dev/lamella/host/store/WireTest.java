package dev.lamella.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges with peers that do not behave. */
@Timeout(30)
final class WireTest {
  private final Wire wire = new Wire(Duration.ofMillis(500));
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void exchange_whenNobodyReads_ends() {
    assertThatThrownBy(() -> exchange("PUT", Optional.of(new Zeros(1L << 30))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing moved");
  }

  @Test
  void exchange_whenNobodyAnswers_ends() {
    assertThatThrownBy(() -> exchange("GET", Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rubbish\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
      })
  void exchange_whenAnswerBreaksOff_fails(String answer) {
    answer(answer);
    assertThatThrownBy(() -> exchange("GET", Optional.empty())).isInstanceOf(IOException.class);
  }

  @Test
  void exchange_whenRefusedWithAPassword_isAnAnswer() throws IOException {
    answer("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
    assertThat(exchange("PUT", Optional.of(Body.of(new byte[1]))).status()).isEqualTo(401);
  }

  @Test
  void exchange_withAFileOfThisMachine_isRefused() {
    assertThatThrownBy(
            () ->
                wire.exchange(
                    Exchange.of("GET", URI.create("file:///etc/hostname")),
                    Optional.empty(),
                    new Meter()))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED));
  }

  /** More than the sockets' buffers hold. */
  private record Zeros(long length) implements Body {
    @Override
    public void writeTo(OutputStream out, LongConsumer progress) throws IOException {
      byte[] zeros = new byte[1 << 20];
      for (long left = length; left > 0; left -= zeros.length) {
        out.write(zeros);
        progress.accept(zeros.length);
      }
    }
  }

  private HttpAnswer exchange(String method, Optional<Body> body) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/?signature=secret");
    return wire.exchange(new Exchange(method, uri, Map.of(), body), Optional.empty(), new Meter());
  }

  /** Answers two connections, since the JDK tries a GET that broke off once more. */
  private void answer(String text) {
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < 2; i++) {
                    try (Socket socket = server.accept();
                        OutputStream out = socket.getOutputStream()) {
                      var _ = socket.getInputStream().read(new byte[8192]);
                      out.write(text.getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException _) {
                      return;
                    }
                  }
                });
  }
}
