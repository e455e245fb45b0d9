package dev.lamella.local.http;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands before a server of plain HTTP, and says so at once to clients that try TLS first, as
 * Docker, podman and skopeo do: they go on with plain HTTP then. The JDK's server would wait for
 * the end of a line that never comes, and each of their calls with it, for ten seconds.
 */
public final class PlainDoor implements AutoCloseable {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int GREETING = 16 << 10;

  /** What Go's own servers say: its clients know by it that there is no TLS here. */
  private static final byte[] NO_TLS =
      "HTTP/1.0 400 Bad Request\r\n\r\nthis port speaks plain HTTP\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final int BACKLOG = 1024;

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private PlainDoor(ServerSocket listener, InetSocketAddress server) {
    this.listener = listener;
    this.server = server;
  }

  /**
   * @param port 0 for any free one
   * @throws BindException if the port is in use; the message says so in one line
   */
  public static PlainDoor open(int port, LoopbackServer server) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerSocket listener;
    try {
      listener = new ServerSocket(port, BACKLOG, loopback);
    } catch (BindException e) {
      throw LoopbackServer.inUse(port, e);
    }
    PlainDoor door = new PlainDoor(listener, new InetSocketAddress(loopback, server.port()));
    Thread.ofVirtual().name("door").start(door::accept);
    return door;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("door-in").start(() -> let(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          // Out of descriptors, say: the next accept may do better, but not at once.
          LockSupport.parkNanos(10_000_000);
        }
      }
    }
  }

  private void let(Socket client) {
    try (client;
        Socket inner = new Socket();
        PushbackInputStream in = new PushbackInputStream(client.getInputStream())) {
      client.setTcpNoDelay(true);
      int first = in.read();
      if (first == TLS_HANDSHAKE) {
        // Its greeting is read first: a socket that is closed with bytes unread may lose the
        // answer.
        var _ = in.read(new byte[GREETING]);
        client.getOutputStream().write(NO_TLS);
        return;
      }
      if (first < 0) {
        return;
      }
      in.unread(first);
      inner.setTcpNoDelay(true);
      inner.connect(server);
      open.add(inner);
      Thread answers = Thread.ofVirtual().name("door-out").start(() -> answer(inner, client));
      try {
        in.transferTo(inner.getOutputStream());
        inner.shutdownOutput();
      } finally {
        answers.join();
        open.remove(inner);
      }
    } catch (IOException e) {
      // One side is gone, so the other goes too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static void answer(Socket inner, Socket client) {
    try {
      inner.getInputStream().transferTo(client.getOutputStream());
      client.shutdownOutput();
    } catch (IOException e) {
      // The client has all that it will get.
    }
  }

  /** Stops listening and cuts every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
