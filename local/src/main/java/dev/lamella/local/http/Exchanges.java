package dev.lamella.local.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads requests and writes answers whole, with the care that the JDK's server asks for. */
public final class Exchanges {
  private static final int DRAINED = 64 << 20;

  private Exchanges() {}

  /** The request's body, or empty if it has more bytes than the limit. */
  public static Optional<byte[]> body(HttpExchange exchange, int limit) throws IOException {
    String declared = exchange.getRequestHeaders().getFirst("Content-Length");
    if (declared != null && Long.parseLong(declared) > limit) {
      return Optional.empty();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    InputStream in = exchange.getRequestBody();
    byte[] buffer = new byte[64 << 10];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      body.write(buffer, 0, n);
      if (body.size() > limit) {
        return Optional.empty();
      }
    }
    return Optional.of(body.toByteArray());
  }

  /** Answers and ends the exchange. A HEAD gets the length of the body and not the body. */
  public static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    drain(exchange);
    boolean bodiless = status == 204 || status == 304;
    if (exchange.getRequestMethod().equals("HEAD") && !bodiless) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    if (bodiless || body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
    exchange.close();
  }

  public static void sendJson(HttpExchange exchange, int status, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, status, json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers before the body has come whole, and ends the connection after: a client that reads
   * while it sends need not send the rest.
   */
  public static void sendEarly(HttpExchange exchange, int status, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Connection", "close");
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().flush();
    drain(exchange);
    exchange.close();
  }

  /**
   * Takes what is left of the body, up to a bound: closing a connection with unread bytes resets
   * it, and the client would lose the answer.
   */
  private static void drain(HttpExchange exchange) throws IOException {
    byte[] buffer = new byte[64 << 10];
    InputStream in = exchange.getRequestBody();
    long left = DRAINED;
    for (int n = in.read(buffer); n >= 0 && left > 0; n = in.read(buffer)) {
      left -= n;
    }
  }
}
