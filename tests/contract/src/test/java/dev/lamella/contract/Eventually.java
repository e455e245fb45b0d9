package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits for what may lag behind the last writes. */
final class Eventually {
  private static final long LONGEST = Duration.ofSeconds(10).toNanos();

  private Eventually() {}

  static <T> void equal(T expected, Supplier<T> actual) throws InterruptedException {
    long start = System.nanoTime();
    T seen = actual.get();
    while (!seen.equals(expected) && System.nanoTime() - start < LONGEST) {
      Thread.sleep(Duration.ofMillis(20));
      seen = actual.get();
    }
    assertThat(seen).isEqualTo(expected);
  }
}
