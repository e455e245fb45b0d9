package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.SilentCloseable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes on a connection to a server on loopback, and what comes back. */
public final class RawHttp {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})\\b.*");
  private static final byte[] GOOD =
      "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private RawHttp() {}

  /**
   * Has a server take any bytes and end the connection: its first answer, if it gives one, is no
   * fault of its own, and it answers the next client.
   */
  public static void requireAnswered(URI server, byte[] bytes) throws IOException {
    try (SilentCloseable _ = BugDetectors.allowNetworkConnections((_, _) -> true)) {
      String answer = send(server, bytes);
      Matcher status = STATUS.matcher(answer.lines().findFirst().orElse(""));
      if (!answer.isEmpty()) {
        assertThat(status.matches()).as(answer).isTrue();
        assertThat(Integer.parseInt(status.group(1))).as(answer).isNotEqualTo(500);
      }
      assertThat(send(server, GOOD)).startsWith("HTTP/1.1 200");
    }
  }

  private static String send(URI server, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (java.net.SocketException _) {
        // It was cut off, which is an answer too.
        return "";
      }
    }
  }
}
