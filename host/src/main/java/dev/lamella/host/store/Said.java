package dev.lamella.host.store;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;

/** What answers say that are no success: a store's own in OCI form, and others' in any. */
final class Said {
  private Said() {}

  /**
   * @param base where the store is meant to be
   */
  static ErrorAnswer.Entry by(HttpAnswer answer, URI base) {
    try {
      ErrorAnswer error = Json.read(answer.body(), ErrorAnswer.class);
      if (!error.errors().isEmpty()) {
        ErrorAnswer.Entry first = error.errors().getFirst();
        return first.code().equals(ErrorCode.ROUTE_UNKNOWN.name())
            ? new ErrorAnswer.Entry(
                first.code(), first.message() + "; is " + base + " the store's URL?", Map.of())
            : first;
      }
    } catch (Refusal _) {
      // Something in between, such as a gateway, has answered in a form of its own.
    }
    return new ErrorAnswer.Entry("", other(answer, base), Map.of());
  }

  /** What answered is no store, or stands before one. */
  private static String other(HttpAnswer answer, URI base) {
    String status = "HTTP " + answer.status();
    if (answer.isTransient()) {
      return "the answer is " + status;
    }
    if (answer.status() < HttpURLConnection.HTTP_BAD_REQUEST) {
      return "what answers at %s sends elsewhere%s, which is not followed: name the store's own URL"
          .formatted(base, answer.header("location").map(to -> ", to " + to).orElse(""));
    }
    return answer.status() == HttpURLConnection.HTTP_NOT_FOUND
            || answer.status() == HttpURLConnection.HTTP_BAD_METHOD
        ? "what answers at %s is no Lamella: %s; is the URL right?".formatted(base, status)
        : "what answers at %s refuses it: %s".formatted(base, status);
  }
}
