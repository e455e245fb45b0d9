package dev.lamella.tests;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a server and makes it fail. Every request is seen alone, since only one comes on
 * each connection; what passes is unchanged but for that, the Host header with it, so that
 * signatures hold.
 */
final class FaultyLink implements AutoCloseable {
  private static final int BUFFER = 16 << 10;

  /**
   * A request as it arrives.
   *
   * @param number from 1 on
   * @param path with its query
   */
  record Call(int number, String method, String path) {}

  /** What becomes of a request. */
  sealed interface Fate {
    record Pass() implements Fate {}

    /** Passes as a request for another path. */
    record Instead(String path) implements Fate {}

    /** It never reaches the server. */
    record Answer(int status, String body) implements Fate {
      Answer(int status) {
        this(status, "");
      }
    }

    /** It never reaches the server, and no answer comes for as long as the client waits. */
    record Silence() implements Fate {}

    /** The connection ends after so many bytes of the answer, its head included. */
    record BreakOff(int after) implements Fate {}

    /** The server does its work, but its answer is lost. */
    record Lost(Runnable then) implements Fate {}

    /** Each 16 KiB of the answer wait so long. */
    record Slow(long millis) implements Fate {}
  }

  /** Decides, by several threads at once. */
  @FunctionalInterface
  interface Rule {
    Rule NONE = _ -> new Fate.Pass();

    Fate fate(Call call);
  }

  private final ServerSocket listener;
  private final AtomicInteger calls = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Rule rule = Rule.NONE;
  private volatile int upstream;

  FaultyLink() throws IOException {
    listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    Thread.ofVirtual().name("faulty-link").start(this::accept);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Stands before this server from now on; before that, every connection is closed at once. */
  FaultyLink before(URI server) {
    upstream = server.getPort();
    return this;
  }

  /** An environment in which a function reaches its S3 through this link only. */
  Map<String, String> beforeS3(Map<String, String> environment) {
    Map<String, String> linked = new HashMap<>(environment);
    linked.computeIfPresent(
        "AWS_ENDPOINT_URL_S3", (_, s3) -> before(URI.create(s3)).uri().toString());
    return linked;
  }

  void rule(Rule next) {
    rule = next;
  }

  int calls() {
    return calls.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().name("faulty-connection").start(() -> serve(client));
      } catch (IOException _) {
        // The listener is closed, which ends the loop.
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client) {
      InputStream in = client.getInputStream();
      String head = head(in);
      if (!head.isEmpty() && upstream != 0) {
        String[] line = head.split(" ", 3);
        Fate fate = rule.fate(new Call(calls.incrementAndGet(), line[0], line[1]));
        String passed = fate instanceof Fate.Instead(String path) ? instead(head, path) : head;
        serve(passed, in, client.getOutputStream(), fate);
      }
    } catch (IOException _) {
      // One side has gone, and so does the other.
    } finally {
      open.remove(client);
    }
  }

  private void serve(String head, InputStream in, OutputStream out, Fate fate) throws IOException {
    if (fate instanceof Fate.Silence) {
      in.transferTo(OutputStream.nullOutputStream());
      return;
    }
    if (fate instanceof Fate.Answer(int status, String body)) {
      in.skipNBytes(length(head));
      String answer =
          "HTTP/1.1 %d Made up\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
              .formatted(status, body.length(), body);
      out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
      open.add(server);
      try {
        send(head, in, server.getOutputStream());
        answer(server.getInputStream(), out, fate);
      } finally {
        open.remove(server);
      }
    }
  }

  private static void send(String head, InputStream in, OutputStream server) throws IOException {
    server.write(alone(head).getBytes(StandardCharsets.ISO_8859_1));
    byte[] buffer = new byte[BUFFER];
    for (long left = length(head); left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("the client is gone");
      }
      server.write(buffer, 0, read);
      left -= read;
    }
    server.flush();
  }

  private static void answer(InputStream server, OutputStream out, Fate fate) throws IOException {
    String head = head(server);
    if (head.isEmpty()) {
      return;
    }
    // The server need not say that it closes; a client that is not told sends its next request into
    // a connection that ends under it.
    byte[] told = alone(head).getBytes(StandardCharsets.ISO_8859_1);
    InputStream answer = new SequenceInputStream(new ByteArrayInputStream(told), server);
    byte[] buffer = new byte[BUFFER];
    long left = fate instanceof Fate.BreakOff(int after) ? after : Long.MAX_VALUE;
    while (left > 0) {
      int read = answer.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      if (fate instanceof Fate.Lost(Runnable then)) {
        then.run();
        return;
      }
      if (fate instanceof Fate.Slow(long millis)) {
        pause(millis);
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The head of a request or an answer, to the empty line; empty where none comes. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 4) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      boolean isNext = next == (ends % 2 == 0 ? '\r' : '\n');
      ends = isNext ? ends + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static String instead(String head, String path) {
    String[] line = head.split(" ", 3);
    return line[0] + " " + path + " " + line[2];
  }

  private static String alone(String head) {
    String kept =
        head.replaceAll("(?i)\r\n(connection|keep-alive|upgrade|http2-settings):[^\r]*", "");
    return kept.substring(0, kept.length() - 2) + "Connection: close\r\n\r\n";
  }

  private static long length(String head) {
    return head.lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith("content-length:"))
        .mapToLong(line -> Long.parseLong(line.substring("content-length:".length()).strip()))
        .findFirst()
        .orElse(0);
  }
}
