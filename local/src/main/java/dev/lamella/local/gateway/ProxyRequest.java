package dev.lamella.local.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.local.template.ApiKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What of an HTTP request goes into an event.
 *
 * @param path without the stage; percent-decoded by an HTTP API, as it came by a REST API
 * @param headers named as clients send them over HTTP/2, in lower case, but for those that the
 *     gateway adds: a function must find them in any case
 * @param query decoded
 */
@SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
record ProxyRequest(
    String method,
    String path,
    Map<String, List<String>> headers,
    Map<String, List<String>> query,
    byte[] body,
    String sourceAddress) {

  private static final Set<String> OF_THE_GATEWAY = Set.of("Host", "User-agent", "Content-length");

  /**
   * @param rawPath without the stage
   * @throws IllegalArgumentException if the path or query has a broken percent-encoding
   */
  static ProxyRequest of(HttpExchange exchange, ApiKind kind, String rawPath, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(headerName(name), List.copyOf(values)));
    String source = exchange.getRemoteAddress().getAddress().getHostAddress();
    ProxyRequest sent =
        new ProxyRequest(
            exchange.getRequestMethod(),
            kind == ApiKind.HTTP ? decodePath(rawPath) : rawPath,
            headers,
            query(exchange.getRequestURI().getRawQuery()),
            body,
            source);
    return sent.with(
        Map.of(
            "X-Forwarded-For",
            source,
            "X-Forwarded-Port",
            Integer.toString(exchange.getLocalAddress().getPort()),
            "X-Forwarded-Proto",
            "http"));
  }

  /** The same request with other values for these headers. */
  ProxyRequest with(Map<String, String> others) {
    Map<String, List<String>> all = new LinkedHashMap<>(headers);
    others.forEach(
        (name, value) -> {
          all.keySet().removeIf(name::equalsIgnoreCase);
          all.put(name, List.of(value));
        });
    return new ProxyRequest(method, path, all, query, body, sourceAddress);
  }

  private static String headerName(String name) {
    if (!OF_THE_GATEWAY.contains(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    StringBuilder title = new StringBuilder();
    for (String word : name.split("-", -1)) {
      title.append(title.isEmpty() ? "" : "-");
      title.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return title.toString();
  }

  private static String decodePath(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * A query's parameters, decoded.
   *
   * @throws IllegalArgumentException if it has a broken percent-encoding
   */
  static Map<String, List<String>> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    for (String pair : raw.split("&", -1)) {
      String[] sides = pair.split("=", 2);
      if (!pair.isEmpty()) {
        query
            .computeIfAbsent(decode(sides[0]), name -> new ArrayList<>())
            .add(sides.length == 2 ? decode(sides[1]) : "");
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
