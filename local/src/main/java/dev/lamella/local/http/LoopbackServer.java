package dev.lamella.local.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's HTTP server on the loopback address, with a virtual thread for each request. */
public final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  static {
    // Without it a small answer waits for the client's delayed acknowledgement: 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private LoopbackServer(HttpServer server) {
    this.server = server;
  }

  /**
   * @param port 0 for any free one
   * @throws BindException if the port is in use; the message says so in one line
   */
  public static LoopbackServer start(int port, HttpHandler handler) throws IOException {
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (BindException e) {
      throw inUse(port, e);
    }
    LoopbackServer started = new LoopbackServer(server);
    server.createContext("/", handler);
    server.setExecutor(started.threads);
    server.start();
    return started;
  }

  static BindException inUse(int port, BindException cause) {
    BindException inUse =
        new BindException(
            "port " + port + " is in use: stop what listens there, or choose another");
    inUse.initCause(cause);
    return inUse;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /**
   * Stops listening and interrupts the requests that are being answered. Does nothing the second
   * time.
   */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
