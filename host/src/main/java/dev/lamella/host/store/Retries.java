package dev.lamella.host.store;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to try again: exponential backoff with full jitter, so that many connections that failed at
 * once do not come back at once.
 *
 * @param tries of one request, at least 1
 * @param first upper bound of the first pause; each further one is twice that of the one before
 * @param longest upper bound of any pause, unless the other side asks for a longer one
 * @param stall for so long nothing may move on a connection before it is given up
 * @param standstill for so long work that goes on elsewhere may show no progress before it is given
 *     up
 */
public record Retries(
    int tries, Duration first, Duration longest, Duration stall, Duration standstill) {
  public static final Retries DEFAULT =
      new Retries(5, Duration.ofMillis(250), Duration.ofSeconds(10), Duration.ofSeconds(60));

  /** With five times the stall for work that goes on elsewhere. */
  public Retries(int tries, Duration first, Duration longest, Duration stall) {
    this(tries, first, longest, stall, stall.multipliedBy(5));
  }

  /** The same patience, and one try. */
  Retries once() {
    return new Retries(1, first, longest, stall, standstill);
  }

  /**
   * @param failed tries that failed so far, at least 1
   */
  Duration pause(int failed, Optional<Duration> asked, RandomGenerator random) {
    long bound = Math.min(longest.toNanos(), first.toNanos() * (1L << Math.min(failed - 1, 20)));
    Duration jittered = Duration.ofNanos(random.nextLong(bound + 1));
    return asked.filter(wait -> wait.compareTo(jittered) > 0).orElse(jittered);
  }
}
