package dev.lamella.local.gateway;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.net.httpserver.HttpExchange;
import dev.lamella.fuzz.RawHttp;
import dev.lamella.fuzz.Refused;
import dev.lamella.local.http.Exchanges;
import dev.lamella.local.http.LoopbackServer;
import dev.lamella.local.template.ApiKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What comes to the local stack's front door, and is read as an event of API Gateway. */
class FrontDoorFuzzTest {
  private static final int LARGEST = 1 << 20;
  private static LoopbackServer server;

  @BeforeAll
  static void start() throws IOException {
    server = LoopbackServer.start(0, FrontDoorFuzzTest::answer);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    int status = 200;
    byte[] body = Exchanges.body(exchange, LARGEST).orElse(new byte[0]);
    try {
      for (ApiKind kind : ApiKind.values()) {
        var _ = ProxyRequest.of(exchange, kind, exchange.getRequestURI().getRawPath(), body);
      }
    } catch (IllegalArgumentException _) {
      // As ApiGateway has it.
      status = 400;
    }
    Exchanges.send(exchange, status, "{}".getBytes(StandardCharsets.US_ASCII));
  }

  @FuzzTest(maxDuration = Refused.TIME)
  void bytes_onAConnection_areAnswered(byte[] bytes) throws IOException {
    RawHttp.requireAnswered(server.uri(), bytes);
  }
}
