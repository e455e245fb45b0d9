package dev.lamella.host.store;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What came back.
 *
 * @param headers by lower-case name
 * @param body empty where it went to a sink
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call, within this package
record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  HttpAnswer {
    headers = Map.copyOf(headers);
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Whether the same request may succeed later. */
  boolean isTransient() {
    return status >= 500 || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** How long the other side asks to be left alone; in seconds only, as S3 and Lamella send it. */
  Optional<Duration> retryAfter() {
    return header("retry-after").flatMap(HttpAnswer::seconds);
  }

  /**
   * The same; an HTTP API that throttles does not say it, and means: more slowly.
   *
   * @param throttled how long to leave it alone then
   */
  Optional<Duration> retryAfter(Duration throttled) {
    return retryAfter()
        .or(() -> status == TOO_MANY_REQUESTS ? Optional.of(throttled) : Optional.empty());
  }

  private static Optional<Duration> seconds(String text) {
    try {
      Duration wait = Duration.ofSeconds(Long.parseLong(text.strip()));
      return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait)
          .filter(positive -> !positive.isNegative());
    } catch (NumberFormatException | DateTimeException _) {
      return Optional.empty();
    }
  }
}
