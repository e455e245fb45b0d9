package dev.lamella.host.store;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One try of one HTTP exchange, over connections that are kept for the next.
 *
 * <p>HttpURLConnection on virtual threads, because it was measured to be the fastest that the JDK
 * has: 32 connections of 8 MiB GETs, written to a file, 0.7 CPU-seconds a GB, where java.net.http
 * took 1.7 CPU-seconds, by stream or by subscriber (it hands over 16 KiB at a time between
 * threads); PUTs from a file are equal. It reads and writes through one buffer and has a timeout
 * for each read.
 */
final class Wire {
  private static final int BUFFER = 64 << 10;

  private static final Duration CONNECT = Duration.ofSeconds(10);

  static {
    // Connections that are kept for each host; 5 otherwise. Read once, at the first connection.
    if (System.getProperty("http.maxConnections") == null) {
      System.setProperty("http.maxConnections", "256");
    }
    // Tries are counted here, and what was sent once is sent again by nobody else.
    if (System.getProperty("sun.net.http.retryPost") == null) {
      System.setProperty("sun.net.http.retryPost", "false");
    }
  }

  private final Duration stall;

  /**
   * @param stall for so long nothing may move on a connection
   */
  Wire(Duration stall) {
    this.stall = stall;
  }

  /**
   * @param sink takes the body of a 200; what other answers say is in the answer: all of a success,
   *     at most {@link Exchange#longest}, and the beginning of an error
   * @throws IOException where no whole answer came: it may be tried again
   */
  HttpAnswer exchange(Exchange exchange, Optional<Sink> sink, Meter meter) throws IOException {
    meter.request();
    HttpURLConnection connection = open(exchange);
    try (StallWatch.Watched watched =
        StallWatch.watch(connection, stall, exchange.body().map(Body::length).orElse(0L))) {
      boolean isWhole = false;
      try {
        HttpAnswer answer = exchange(exchange, connection, sink, meter, watched);
        isWhole = true;
        return answer;
      } catch (HttpRetryException e) {
        // 401 to a body that was streamed: the JDK would have to send it again with a password.
        return new HttpAnswer(e.responseCode(), headers(connection), new byte[0]);
      } catch (SocketTimeoutException e) {
        throw new IOException("no answer within " + stall.toMillis() + " ms", e);
      } catch (IOException e) {
        if (watched.hasEnded()) {
          throw new IOException("nothing moved for " + stall.toMillis() + " ms", e);
        }
        throw e;
      } finally {
        if (!isWhole) {
          connection.disconnect();
        }
      }
    }
  }

  private HttpURLConnection open(Exchange exchange) throws IOException {
    requireHttp(exchange.uri());
    HttpURLConnection connection = (HttpURLConnection) exchange.uri().toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) stall.toMillis());
    connection.setRequestMethod(exchange.method());
    try {
      exchange.headers().forEach(connection::setRequestProperty);
    } catch (IllegalArgumentException e) {
      throw new HostFailure(ExitCode.REFUSED, "the store gave a header that cannot be sent", e);
    }
    return connection;
  }

  /** URLs come from outside: only HTTP may be opened, never a file or a jar of this machine. */
  private static void requireHttp(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
      throw new HostFailure(ExitCode.REFUSED, "the store gave a URL that is not http or https");
    }
  }

  private static HttpAnswer exchange(
      Exchange exchange,
      HttpURLConnection connection,
      Optional<Sink> sink,
      Meter meter,
      StallWatch.Watched watched)
      throws IOException {
    if (exchange.body().isPresent()) {
      send(exchange.body().get(), connection, meter, watched);
    }
    int status = connection.getResponseCode();
    if (status < 0) {
      throw new IOException("the answer is not HTTP");
    }
    watched.expect(connection.getContentLengthLong());
    InputStream body =
        status >= HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getErrorStream()
            : connection.getInputStream();
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    if (body != null) {
      long announced = connection.getContentLengthLong();
      try (body) {
        if (status == HttpURLConnection.HTTP_OK && sink.isPresent()) {
          receive(body, announced, sink.get(), meter, watched);
        } else if (status < HttpURLConnection.HTTP_MULT_CHOICE) {
          Sink keep = (bytes, length) -> keep(kept, bytes, length, exchange.longest());
          receive(body, announced, keep, meter, watched);
        } else {
          byte[] beginning = body.readNBytes(Exchange.LONGEST_ERROR);
          meter.received(beginning.length);
          kept.writeBytes(beginning);
        }
      }
    }
    return new HttpAnswer(status, headers(connection), kept.toByteArray());
  }

  private static void send(
      Body body, HttpURLConnection connection, Meter meter, StallWatch.Watched watched)
      throws IOException {
    connection.setDoOutput(true);
    if (!body.isHeld()) {
      connection.setFixedLengthStreamingMode(body.length());
    }
    try (OutputStream out = connection.getOutputStream()) {
      body.writeTo(
          out,
          bytes -> {
            watched.moved();
            meter.sent(bytes);
          });
    }
  }

  private static void receive(
      InputStream body, long announced, Sink sink, Meter meter, StallWatch.Watched watched)
      throws IOException {
    byte[] buffer = new byte[announced < 0 ? BUFFER : (int) Math.clamp(announced, 1, BUFFER)];
    long received = 0;
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      watched.moved();
      meter.received(read);
      received += read;
      sink.take(buffer, read);
    }
    if (announced >= 0 && received < announced) {
      throw new IOException("the answer broke off after " + received + " of " + announced + " B");
    }
  }

  private static void keep(ByteArrayOutputStream kept, byte[] bytes, int length, int longest) {
    if (kept.size() + length > longest) {
      throw new HostFailure(ExitCode.REFUSED, "the answer has over " + longest + " bytes");
    }
    kept.write(bytes, 0, length);
  }

  private static Map<String, String> headers(HttpURLConnection connection) {
    Map<String, String> headers = new HashMap<>();
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              if (name != null) {
                headers.put(name.toLowerCase(Locale.ROOT), values.getFirst());
              }
            });
    return headers;
  }
}
