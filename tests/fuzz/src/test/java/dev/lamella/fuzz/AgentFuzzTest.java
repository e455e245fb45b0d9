package dev.lamella.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.net.httpserver.HttpServer;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import dev.lamella.host.store.Retries;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What clients send to the agent, before a store that has nothing. */
class AgentFuzzTest {
  private static final int MEMORY = 64 << 20;
  private static HttpServer store;
  private static Agent agent;

  @BeforeAll
  static void start() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    store = HttpServer.create(any, 0);
    store.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    byte[] nothing =
        "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"none\"}]}"
            .getBytes(StandardCharsets.US_ASCII);
    store.createContext(
        "/",
        exchange -> {
          boolean isFirst = exchange.getRequestURI().getPath().equals("/v2/");
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(isFirst ? 200 : 404, isHead ? -1 : nothing.length);
          if (!isHead) {
            exchange.getResponseBody().write(nothing);
          }
          exchange.close();
        });
    store.start();
    Retries once =
        new Retries(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(5));
    agent =
        Agent.start(
            new AgentOptions(
                any,
                URI.create("http://127.0.0.1:" + store.getAddress().getPort()),
                8,
                MEMORY,
                once,
                Duration.ofSeconds(10)),
            _ -> {});
  }

  @AfterAll
  static void stop() {
    agent.close();
    store.stop(0);
  }

  @FuzzTest(maxDuration = Refused.TIME)
  void bytes_onAConnection_areAnswered(byte[] bytes) throws IOException {
    RawHttp.requireAnswered(agent.endpoint(), bytes);
  }
}
