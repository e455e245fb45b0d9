package dev.lamella.core.upload;

/**
 * How many bytes an upload counts for whose size is said last: in steps, so that few calls have to
 * note it. 8 MiB when it begins, then twice as many each time up to 256 MiB, then 256 MiB more.
 */
final class Steps {
  private static final long FIRST = 8L << 20;
  private static final long WIDEST = 256L << 20;

  private Steps() {}

  /**
   * @param bytes that have come
   * @return at least as many
   */
  static long of(long bytes) {
    if (bytes > WIDEST) {
      return Math.ceilDiv(bytes, WIDEST) * WIDEST;
    }
    long step = FIRST;
    while (step < bytes) {
      step *= 2;
    }
    return step;
  }
}
