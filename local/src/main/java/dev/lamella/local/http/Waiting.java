package dev.lamella.local.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The connections that have no request at the moment. Each has a while for the next one's head:
 * Jetty's own idle timeout begins anew with each byte.
 */
final class Waiting implements Connection.Listener {
  private static final byte[] TOO_SLOW = tooSlow();

  private final Limits limits;
  private final Scheduler scheduler;
  private final Map<EndPoint, Since> all = new ConcurrentHashMap<>();

  Waiting(Limits limits, Scheduler scheduler) {
    this.limits = limits;
    this.scheduler = scheduler;
  }

  /**
   * @param nanos of {@link System#nanoTime}
   * @param bytes that the connection had brought by then
   */
  private record Since(long nanos, long bytes) {}

  @Override
  public void onOpened(Connection connection) {
    EndPoint end = connection.getEndPoint();
    all.put(end, new Since(System.nanoTime(), 0));
    if (all.size() > limits.waiting()) {
      all.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().nanos() - System.nanoTime()))
          .map(Map.Entry::getKey)
          .ifPresent(this::end);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    all.remove(connection.getEndPoint());
  }

  /** The head of a request is there: its connection waits again when it is answered. */
  void arrived(Request request) {
    EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
    all.remove(end);
    Request.addCompletionListener(
        request,
        _ -> {
          all.put(end, new Since(System.nanoTime(), end.getConnection().getBytesIn()));
          if (!end.isOpen()) {
            all.remove(end);
          }
        });
  }

  /** Ends those that have waited too long, now and from now on. */
  void watch() {
    long now = System.nanoTime();
    all.forEach(
        (end, since) -> {
          if (now - since.nanos() > limits.head().toNanos()) {
            end(end);
          }
        });
    scheduler.schedule(
        this::watch, Math.clamp(limits.head().toMillis() / 10, 10, 1_000), TimeUnit.MILLISECONDS);
  }

  /**
   * Says why, unless nothing came since the last answer: a client would take that for an answer. (A
   * head that began in one packet with the request before it is not seen.)
   */
  private void end(EndPoint end) {
    Since since = all.remove(end);
    if (since == null) {
      return;
    }
    if (end.getConnection().getBytesIn() > since.bytes()) {
      end.write(Callback.from(() -> close(end), _ -> end.close()), ByteBuffer.wrap(TOO_SLOW));
    } else {
      end.close();
    }
  }

  private static void close(EndPoint end) {
    end.shutdownOutput();
    end.close();
  }

  private static byte[] tooSlow() {
    String json = Refusals.json(408, null);
    return ("HTTP/1.1 408 Request Timeout\r\n"
            + "Connection: close\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: "
            + json.length()
            + "\r\n\r\n"
            + json)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
