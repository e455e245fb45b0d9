package dev.lamella.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what another function does: looks, pauses, and looks again, with pauses that get
 * longer.
 *
 * @param patience how long to wait at most; well under the 29 s after which API Gateway gives up
 */
public record Poll(Duration patience, InstantSource clock) {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  /**
   * Looks at once, and at least once.
   *
   * @param longestPause asked before each pause
   * @return false where patience ended first
   */
  public boolean until(BooleanSupplier isDone, Supplier<Duration> longestPause) {
    Instant end = clock.instant().plus(patience);
    Duration pause = FIRST_PAUSE;
    while (true) {
      if (isDone.getAsBoolean()) {
        return true;
      }
      if (!clock.instant().isBefore(end)) {
        return false;
      }
      Duration longest = longestPause.get();
      pause = pause.compareTo(longest) < 0 ? pause : longest;
      pause(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for another function", e);
    }
  }
}
