package dev.lamella.local.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lamella.local.gateway.EdgeRule.EdgeAnswer;
import dev.lamella.local.http.Exchanges;
import dev.lamella.local.template.EdgeDefinition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The template's CloudFront distribution: sees every request before the API does. */
public record Edge(EdgeDefinition definition, EdgeRule rule) {

  /** Answers what the API would refuse for its size, and says whether it did. */
  boolean answers(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    Optional<EdgeAnswer> answer =
        rule.answer(
            exchange.getRequestMethod(),
            Long.parseLong(header(headers, "Content-Length").orElse("0")),
            header(headers, "User-Agent").orElse(""),
            to(exchange.getRequestURI().getRawQuery()));
    if (answer.isEmpty()) {
      return false;
    }
    answer.get().location().ifPresent(url -> exchange.getResponseHeaders().set("Location", url));
    Exchanges.sendEarly(exchange, answer.get().status(), answer.get().json());
    return true;
  }

  private static Optional<String> header(Headers headers, String name) {
    return Optional.ofNullable(headers.getFirst(name));
  }

  /** The place in staging that the query names; what cannot be decoded names none. */
  static Optional<String> to(@Nullable String query) {
    try {
      return ProxyRequest.query(query).getOrDefault("to", List.of()).stream().findFirst();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The request as it reaches the API.
   *
   * @param path as it was sent, without the query
   */
  ProxyRequest passed(ProxyRequest request, String path) {
    String host = request.headers().getOrDefault("Host", List.of("")).getFirst();
    return request
        .with(rule.headers(request.method(), path, host))
        .with(definition.headers())
        .with(Map.of("Host", definition.host()));
  }
}
