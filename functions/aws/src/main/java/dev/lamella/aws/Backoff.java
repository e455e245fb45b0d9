package dev.lamella.aws;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits between tries: a random time up to a bound that doubles from try to try ("full jitter"), so
 * that those who collided do not collide again.
 */
final class Backoff {
  private static final int MOST_TRIES = 12;
  private static final long FIRST_BOUND = 20;
  private static final long LAST_BOUND = 1000;

  private int tries;

  /**
   * Waits before another try, about four seconds in all.
   *
   * @return false, at once, where enough has been tried
   */
  boolean again() {
    tries++;
    if (tries >= MOST_TRIES) {
      return false;
    }
    long bound = Math.min(LAST_BOUND, FIRST_BOUND << (tries - 1));
    try {
      Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, bound + 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return true;
  }
}
