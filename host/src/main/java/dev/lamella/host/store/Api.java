package dev.lamella.host.store;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Calls to a store's API: tried again where that can help, and a no is a {@link StoreRefusal}.
 *
 * @param signIn says who asks
 */
record Api(URI base, Wire wire, Retrier retrier, Meter meter, SignIn signIn) {

  Api by(SignIn other) {
    return new Api(base, wire, retrier, meter, other);
  }

  Api meteredBy(Meter other) {
    return new Api(base, wire, retrier, other, signIn);
  }

  Exchange get(String path, Map<String, String> query) {
    return Exchange.of("GET", uri(path, query));
  }

  Exchange post(String path, Object body) {
    return send("POST", path, body);
  }

  Exchange send(String method, String path, Object body) {
    return new Exchange(
        method,
        uri(path, Map.of()),
        Map.of("Content-Type", "application/json"),
        Optional.of(Body.of(Json.write(body))));
  }

  <T> T read(String action, Exchange exchange, Class<T> type) {
    return parse(action, call(action, exchange), type);
  }

  <T> T parse(String action, HttpAnswer answer, Class<T> type) {
    try {
      return Json.read(answer.body(), type);
    } catch (Refusal e) {
      throw new HostFailure(
          ExitCode.REFUSED,
          "cannot %s: what answers at %s is no Lamella store: %s"
              .formatted(action, base, e.getMessage()),
          e);
    }
  }

  URI uri(String path, Map<String, String> query) {
    StringBuilder text = new StringBuilder(base.toString().replaceAll("/+$", "")).append(path);
    char separator = '?';
    for (Map.Entry<String, String> field : query.entrySet()) {
      text.append(separator)
          .append(field.getKey())
          .append('=')
          .append(URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    return URI.create(text.toString());
  }

  /**
   * @param action for the message, as in "cannot …"
   */
  HttpAnswer call(String action, Exchange exchange) {
    Optional<String> header = signIn.header();
    HttpAnswer answer = tried(action, exchange, header);
    if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
      Optional<String> other = signIn.after(header, challenge(answer));
      if (other.isPresent()) {
        answer = tried(action, exchange, other);
      }
    }
    if (answer.isSuccess()) {
      return answer;
    }
    StoreRefusal refusal =
        new StoreRefusal(action, answer.status(), Said.by(answer, base), challenge(answer));
    throw answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED
        ? refusal.advising(signIn.advice(refusal.is(ErrorCode.DENIED)))
        : refusal;
  }

  private HttpAnswer tried(String action, Exchange exchange, Optional<String> header) {
    Exchange authorized =
        header.map(value -> exchange.with("Authorization", value)).orElse(exchange);
    return retrier.run(
        action + " at " + base,
        _ -> {
          HttpAnswer got = wire.exchange(authorized, Optional.empty(), meter);
          if (got.isTransient()) {
            throw new TryAgain(
                Said.by(got, base).message(), got.retryAfter(retrier.longestPause()));
          }
          return got;
        });
  }

  /** A REST API of API Gateway renames the header. */
  private static Optional<String> challenge(HttpAnswer answer) {
    return answer
        .header("www-authenticate")
        .or(() -> answer.header("x-amzn-remapped-www-authenticate"));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "API of " + base;
  }
}
