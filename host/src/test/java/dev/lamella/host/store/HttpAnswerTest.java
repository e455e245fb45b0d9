package dev.lamella.host.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpAnswerTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  /** An HTTP API of API Gateway throttles without a word of when to come again. */
  @Test
  void throttled_withoutAWordOfWhen_isLeftAloneForLong() {
    HttpAnswer throttled = new HttpAnswer(429, Map.of(), new byte[0]);
    assertThat(throttled.isTransient()).isTrue();
    assertThat(throttled.retryAfter(LONG)).contains(LONG);
  }

  @Test
  void throttled_thatSaysWhen_isAskedAgainThen() {
    HttpAnswer throttled = new HttpAnswer(429, Map.of("retry-after", "2"), new byte[0]);
    assertThat(throttled.retryAfter(LONG)).contains(Duration.ofSeconds(2));
  }

  @Test
  void failure_withoutAWordOfWhen_isAskedAgainSoon() {
    HttpAnswer failed = new HttpAnswer(503, Map.of(), new byte[0]);
    assertThat(failed.retryAfter(LONG)).isEmpty();
  }
}
