package dev.lamella.local.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionLimit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty on the loopback address, with a virtual thread for each request. It answers what is no
 * HTTP/1.1 at once, as clients that try TLS first need it (Docker, podman and skopeo): they go on
 * with plain HTTP then. The JDK's server would wait for the end of a line that never comes; it cuts
 * off a body with a trailer too, and takes requests without a Host.
 */
public final class LoopbackServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LoopbackServer.class.getName());
  private static final int BACKLOG = 1024;

  /** How long requests may take to end after they are interrupted. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Bytes of a request's head; more is answered 431, or 414 for the target alone. */
  private static final int HEAD = 64 << 10;

  private final Server server;
  private final ServerConnector connector;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Limits limits;
  private final Waiting waiting;

  private LoopbackServer(int port, HttpHandler handler, Limits limits) {
    QueuedThreadPool pool = new QueuedThreadPool(16, 4);
    pool.setName("loopback");
    pool.setDaemon(true);
    pool.setVirtualThreadsExecutor(threads);
    this.limits = limits;
    this.server = new Server(pool);
    this.connector = new ServerConnector(server, 1, 1, new Connections(settings()));
    this.waiting = new Waiting(limits, connector.getScheduler());
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(Math.max(1, limits.body().toMillis()));
    connector.addBean(waiting);
    server.addConnector(connector);
    server.addBean(new ConnectionLimit(limits.connections(), connector));
    server.setStopTimeout(0);
    server.setErrorHandler(new Refusals());
    server.setHandler(
        // Answered before this returns: where another thread ends the answer, Jetty may read the
        // next
        // request by two threads at once, and cuts the connection.
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            waiting.arrived(request);
            // A function may take its time: only reads and writes can be idle.
            request.addIdleTimeoutListener(_ -> false);
            serve(handler, request, response, callback);
            return true;
          }
        });
  }

  private static HttpConfiguration settings() {
    HttpConfiguration settings = new HttpConfiguration();
    settings.setRequestHeaderSize(HEAD);
    settings.setResponseHeaderSize(HEAD);
    settings.setSendServerVersion(false);
    settings.setSendDateHeader(true);
    // Paths go on as they came: API Gateway takes encoded slashes and dots too.
    settings.setUriCompliance(UriCompliance.UNSAFE);
    return settings;
  }

  /**
   * @param port 0 for any free one
   * @throws BindException if the port is in use; the message says so in one line
   */
  public static LoopbackServer start(int port, HttpHandler handler) throws IOException {
    return start(port, handler, Limits.USUAL);
  }

  static LoopbackServer start(int port, HttpHandler handler, Limits limits) throws IOException {
    LoopbackServer started = new LoopbackServer(port, handler, limits);
    try {
      started.connector.open();
      started.server.start();
    } catch (Exception e) {
      started.close();
      if (e instanceof IOException && e.getCause() instanceof BindException cause) {
        throw inUse(port, cause);
      }
      throw new IOException("the server did not start: " + e.getMessage(), e);
    }
    started.waiting.watch();
    return started;
  }

  private static BindException inUse(int port, BindException cause) {
    BindException inUse =
        new BindException(
            "port " + port + " is in use: stop what listens there, or choose another");
    inUse.initCause(cause);
    return inUse;
  }

  private void serve(HttpHandler handler, Request request, Response response, Callback callback) {
    JettyExchange exchange;
    try {
      exchange = new JettyExchange(request, response, callback, limits);
    } catch (IllegalArgumentException e) {
      Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
      return;
    }
    HttpHandler answers =
        Connections.expectsInVain(request) ? LoopbackServer::refuseExpectation : handler;
    serve(answers, exchange);
  }

  private void serve(HttpHandler handler, JettyExchange exchange) {
    try {
      handler.handle(exchange);
    } catch (TimedBody.TooSlow e) {
      exchange.fail(HttpStatus.REQUEST_TIMEOUT_408, e);
    } catch (IOException | RuntimeException e) {
      exchange.fail(threads.isShutdown() ? HttpStatus.SERVICE_UNAVAILABLE_503 : status(e), e);
    }
  }

  /** At once, as the client may send the body only after an answer. */
  private static void refuseExpectation(HttpExchange exchange) throws IOException {
    int status = HttpStatus.EXPECTATION_FAILED_417;
    Exchanges.sendEarly(exchange, status, Refusals.json(status, null));
  }

  /** What Jetty finds wrong with a body has a status of its own. */
  private static int status(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpException http) {
        return http.getCode();
      }
    }
    return HttpStatus.INTERNAL_SERVER_ERROR_500;
  }

  public int port() {
    return connector.getLocalPort();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /**
   * Stops listening, interrupts the requests that are being answered, and cuts every connection.
   * Does nothing the second time.
   */
  @Override
  public void close() {
    connector.close();
    threads.shutdownNow();
    try {
      // Jetty reads what is left of a request when it cuts the connection: two at once would read
      // from one buffer, and might never find its end. What still writes is cut.
      boolean _ = threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.log(Level.WARNING, "the server did not stop", e);
    }
  }
}
