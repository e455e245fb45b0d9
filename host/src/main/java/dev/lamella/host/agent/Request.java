package dev.lamella.host.agent;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a client asks for, and the way to answer it: once. */
final class Request {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");

  /** Of what a client still sends after its answer, in bytes. */
  private static final int MOST_DISCARDED = 64 << 20;

  private final HttpExchange exchange;
  private final ClientWatch watch;
  private boolean answered;
  private boolean read;

  Request(HttpExchange exchange, ClientWatch watch) {
    this.exchange = exchange;
    this.watch = watch;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  boolean isHead() {
    return method().equals("HEAD");
  }

  /** As it was sent. */
  String rawPath() {
    return exchange.getRequestURI().getRawPath();
  }

  /**
   * @throws Refusal {@code REQUEST_INVALID} where it cannot be decoded
   */
  String path() {
    // A plus is itself in a path.
    return decoded(rawPath().replace("+", "%2B"));
  }

  Optional<String> rawQuery() {
    return Optional.ofNullable(exchange.getRequestURI().getRawQuery());
  }

  /**
   * The first value of a field.
   *
   * @throws Refusal {@code REQUEST_INVALID} where it cannot be decoded
   */
  Optional<String> query(String name) {
    for (String field : rawQuery().orElse("").split("&", -1)) {
      String[] parts = field.split("=", 2);
      if (decoded(parts[0]).equals(name)) {
        return Optional.of(parts.length < 2 ? "" : decoded(parts[1]));
      }
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.REQUEST_INVALID, "cannot be decoded: " + text);
    }
  }

  Map<String, List<String>> headers() {
    return exchange.getRequestHeaders();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /** How the client says who it is. */
  Optional<String> authorization() {
    return header("Authorization");
  }

  /** Where the client reaches the agent. */
  String origin() {
    return "http://"
        + header("Host")
            .filter(host -> HOST.matcher(host).matches())
            .orElseGet(
                () ->
                    exchange.getLocalAddress().getAddress().getHostAddress()
                        + ":"
                        + exchange.getLocalAddress().getPort());
  }

  /** Bytes of the body, where the client says how many. */
  OptionalLong length() {
    if (header("Transfer-Encoding").isPresent()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(header("Content-Length").map(Long::parseLong).orElse(0L));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Its reads throw {@link ClientGone}. */
  InputStream body() {
    InputStream body = exchange.getRequestBody();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int count) throws IOException {
        int got = watch.during(() -> body.read(bytes, offset, count));
        read = read || got < 0;
        return got;
      }
    };
  }

  boolean isAnswered() {
    return answered;
  }

  void answer(int status, Map<String, String> headers, byte[] body) throws ClientGone {
    Map<String, String> all = new HashMap<>(headers);
    if (isHead()) {
      all.putIfAbsent("Content-Length", Integer.toString(body.length));
    }
    Sending sending = begin(status, all, isHead() ? 0 : body.length);
    if (!isHead()) {
      sending.write(body, body.length);
    }
    sending.end();
  }

  /**
   * Sends status and headers.
   *
   * @param length bytes that follow
   */
  Sending begin(int status, Map<String, String> headers, long length) throws ClientGone {
    Headers answer = exchange.getResponseHeaders();
    headers.forEach(answer::set);
    return begin(status, length > 0 ? length : -1);
  }

  /** The same, where it is not known how many bytes follow. */
  Sending beginOpen(int status) throws ClientGone {
    return begin(status, 0);
  }

  /** To be sent with the answer, beside others of the name. */
  void add(String name, String value) {
    exchange.getResponseHeaders().add(name, value);
  }

  private boolean hasUnread() {
    return !read && length().orElse(1) > 0;
  }

  /**
   * A connection that is closed while its client sends is reset, and the answer is lost with it. So
   * a client may send on for a while; it is told to close.
   */
  private void discardUnread() throws ClientGone {
    InputStream body = exchange.getRequestBody();
    byte[] bytes = new byte[64 << 10];
    for (long discarded = 0; hasUnread() && discarded < MOST_DISCARDED; ) {
      int got = watch.during(() -> body.read(bytes));
      read = got < 0;
      discarded += got;
    }
  }

  private Sending begin(int status, long length) throws ClientGone {
    answered = true;
    if (hasUnread()) {
      // What the client still sends is not read: it must not come again on this connection.
      exchange.getResponseHeaders().set("Connection", "close");
    }
    return watch.during(
        () -> {
          exchange.sendResponseHeaders(status, length);
          return new Sending(exchange.getResponseBody());
        });
  }

  /** The body of an answer. What is not ended is cut off: the client never takes it for all. */
  final class Sending {
    private final OutputStream out;

    private Sending(OutputStream out) {
      this.out = out;
    }

    void write(byte[] bytes, int count) throws ClientGone {
      if (count > 0) {
        var _ =
            watch.during(
                () -> {
                  out.write(bytes, 0, count);
                  return count;
                });
      }
    }

    /** All was sent. */
    void end() throws ClientGone {
      if (hasUnread()) {
        var _ =
            watch.during(
                () -> {
                  out.flush();
                  return 0;
                });
        discardUnread();
      }
      var _ =
          watch.during(
              () -> {
                exchange.close();
                return 0;
              });
    }
  }
}
