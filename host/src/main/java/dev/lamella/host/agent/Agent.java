package dev.lamella.host.agent;

import com.sun.net.httpserver.HttpServer;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Permits;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A running agent. */
public final class Agent implements AutoCloseable {
  static {
    // Read once, by the first server. An answer waits for no further bytes to go along with it.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("jdk.httpserver.maxConnections", "1000");
  }

  private static final Duration PATIENCE_FOR_MEMORY = Duration.ofMinutes(2);

  private final HttpServer server;
  private final ExecutorService requests;
  private final ClientWatch watch;
  private final PushSessions sessions;
  private final PassOn passOn;

  private Agent(
      HttpServer server,
      ExecutorService requests,
      ClientWatch watch,
      PushSessions sessions,
      PassOn passOn) {
    this.server = server;
    this.requests = requests;
    this.watch = watch;
    this.sessions = sessions;
    this.passOn = passOn;
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * @throws HostFailure {@code IN_USE} where another process has the port
   */
  public static Agent start(AgentOptions options, AgentLog log) throws IOException {
    HttpServer server = bind(options.listen());
    ClientWatch watch = ClientWatch.start(options.patience());
    StoreClient store = new StoreClient(options.store(), options.retries());
    Permits connections = new Permits(options.connections());
    MemoryBudget memory = new MemoryBudget(options.memory(), PATIENCE_FOR_MEMORY);
    StoreNames names = new StoreNames(options.store());
    PassOn passOn = new PassOn(names, PATIENCE_FOR_MEMORY);
    PushSessions sessions = PushSessions.start(store, connections, memory, options.patience());
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(requests);
    server.createContext(
        "/",
        new Front(
            new ServeBlob(store, connections, memory, log),
            new ReceiveBlob(sessions, passOn, log),
            passOn,
            new Failures(names),
            watch,
            log));
    server.start();
    return new Agent(server, requests, watch, sessions, passOn);
  }

  private static HttpServer bind(InetSocketAddress listen) throws IOException {
    try {
      return HttpServer.create(listen, 0);
    } catch (BindException e) {
      throw new HostFailure(
          ExitCode.IN_USE,
          "cannot listen on %s:%d: %s; name another with --listen"
              .formatted(listen.getHostString(), listen.getPort(), e.getMessage()),
          e);
    }
  }

  /** Where clients reach it. */
  public URI endpoint() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
  }

  /**
   * Takes no more requests, and gives those that it has some time; then their connections are cut.
   */
  public void stop(Duration patience) {
    server.stop((int) patience.toSeconds());
    requests.shutdown();
    try {
      // All is answered by now, or cut off; what is left is to say so.
      var _ = requests.awaitTermination(patience.isZero() ? 0 : 1, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    requests.shutdownNow();
    watch.close();
    sessions.close();
    passOn.close();
  }

  /** At once. */
  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
