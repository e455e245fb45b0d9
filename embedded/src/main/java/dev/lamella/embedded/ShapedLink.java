package dev.lamella.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy that makes a server seem far away. Each direction of each connection has its own
 * rate; a request is what a client sends after an answer (a {@code 100 Continue} is none), and
 * waits for the latency before it passes. Bytes pass unchanged, the Host header with them, so
 * signatures hold.
 */
public final class ShapedLink implements AutoCloseable {
  private static final byte[] CONTINUE = "HTTP/1.1 100".getBytes(StandardCharsets.US_ASCII);
  private static final int SOCKET_BUFFER = 128 << 10;
  private static final int BACKLOG = 1024;

  private final ServerSocket listener = new ServerSocket();
  private final InetSocketAddress upstream;
  private final Shaping shaping;
  private final AtomicLong delayed = new AtomicLong();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private ShapedLink(int port, Shaping shaping) throws IOException {
    this.upstream = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.shaping = shaping;
    // Large kernel buffers would take in megabytes at once, whatever the rate.
    listener.setReceiveBufferSize(SOCKET_BUFFER);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
  }

  /** Listens on a free port of the loopback address, in front of the given one. */
  public static ShapedLink start(int upstreamPort, Shaping shaping) throws IOException {
    ShapedLink link = new ShapedLink(upstreamPort, shaping);
    Thread.ofVirtual().name("shaped-link").start(link::accept);
    return link;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** How many requests waited for the latency. */
  long delayed() {
    return delayed.get();
  }

  /** Stops listening and cuts every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(ShapedLink::cut);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("shaped-connection").start(() -> connect(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          // Out of descriptors, say: the next accept may do better, but not at once.
          LockSupport.parkNanos(10_000_000);
        }
      }
    }
  }

  private void connect(Socket client) {
    try (Socket server = new Socket(upstream.getAddress(), upstream.getPort())) {
      open.add(server);
      if (listener.isClosed()) {
        return;
      }
      client.setTcpNoDelay(true);
      client.setSendBufferSize(SOCKET_BUFFER);
      server.setTcpNoDelay(true);
      Turn turn = new Turn();
      Thread answers =
          Thread.ofVirtual().name("shaped-answers").start(() -> pump(server, client, false, turn));
      pump(client, server, true, turn);
      answers.join();
      open.remove(server);
    } catch (IOException e) {
      // No server listens upstream, or the connection broke: the client sees its own end closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cut(client);
      open.remove(client);
    }
  }

  /** Whose turn it is on a connection. */
  private static final class Turn {
    private final AtomicBoolean answered = new AtomicBoolean(true);

    boolean requestBegins() {
      return answered.compareAndSet(true, false);
    }

    boolean answerBegins(byte[] bytes, int count) {
      return !isContinue(bytes, count) && answered.compareAndSet(false, true);
    }

    private static boolean isContinue(byte[] bytes, int count) {
      return count >= CONTINUE.length
          && java.util.Arrays.mismatch(bytes, 0, CONTINUE.length, CONTINUE, 0, CONTINUE.length) < 0;
    }
  }

  private void pump(Socket from, Socket to, boolean requests, Turn turn) {
    boolean limited = shaping.bandwidth() > 0;
    Pacer pacer = new Pacer(Math.max(1, shaping.bandwidth()));
    byte[] buffer = new byte[limited ? pacer.quantum() : 64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        boolean begins = requests ? turn.requestBegins() : turn.answerBegins(buffer, n);
        if (begins && requests) {
          delayed.incrementAndGet();
          waitUntil(System.nanoTime() + shaping.latency().toNanos());
        }
        if (limited) {
          long now = System.nanoTime();
          if (begins) {
            pacer.restart(now);
          }
          waitUntil(now + pacer.delay(now, n));
        }
        out.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One side is gone, so the other goes too.
      cut(from);
      cut(to);
    }
  }

  private static void waitUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed either way.
    }
  }
}
