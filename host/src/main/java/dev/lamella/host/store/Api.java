package dev.lamella.host.store;

import dev.lamella.core.api.ErrorAnswer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Calls to a store's API: tried again where that can help, and a no is a {@link StoreRefusal}.
 *
 * @param authorization the header that says who asks; a secret
 */
record Api(URI base, Wire wire, Retrier retrier, Meter meter, Optional<String> authorization) {

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
    Exchange authorized =
        authorization.map(value -> exchange.with("Authorization", value)).orElse(exchange);
    HttpAnswer answer =
        retrier.run(
            action + " at " + base,
            _ -> {
              HttpAnswer got = wire.exchange(authorized, Optional.empty(), meter);
              if (got.isTransient()) {
                throw new TryAgain(Said.by(got, base).message(), got.retryAfter());
              }
              return got;
            });
    if (answer.isSuccess()) {
      return answer;
    }
    ErrorAnswer.Entry error = Said.by(answer, base);
    String code = error.code().isEmpty() ? "" : " (" + error.code() + ")";
    throw new StoreRefusal(
        action,
        answer.status(),
        error.code(),
        error.message() + code,
        error.detail(),
        answer.header("www-authenticate"));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "API of " + base;
  }
}
