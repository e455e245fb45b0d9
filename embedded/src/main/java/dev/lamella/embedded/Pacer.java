package dev.lamella.embedded;

/**
 * Says when bytes may pass so that their rate is exact over time: each is due when those before it
 * have taken their time, so a late wake-up is made up for by the next, and no error adds up. What
 * may be made up for is bounded, so that silence earns no burst.
 */
final class Pacer {
  private static final long NANOS = 1_000_000_000L;
  private static final long MADE_UP = NANOS / 10;

  private final long bytesPerSecond;
  private long due = Long.MIN_VALUE;

  Pacer(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * The bytes to take at a time: 20 ms worth of them, so that many connections cost few wake-ups.
   */
  int quantum() {
    return (int) Math.clamp(bytesPerSecond / 50, 1, 256 << 10);
  }

  /** A new message begins: what was silent before it counts for nothing. */
  void restart(long now) {
    due = Math.max(due, now);
  }

  /**
   * Nanoseconds to wait before passing this many bytes on.
   *
   * @param now nanoseconds of the clock of {@link System#nanoTime()}
   */
  long delay(long now, int bytes) {
    if (due == Long.MIN_VALUE) {
      due = now;
    }
    due = Math.max(due, now - MADE_UP) + Math.multiplyExact(NANOS, (long) bytes) / bytesPerSecond;
    return Math.max(0, due - now);
  }
}
