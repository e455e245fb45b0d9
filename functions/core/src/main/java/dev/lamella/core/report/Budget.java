package dev.lamella.core.report;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;

/**
 * How much a job may take on. It takes on no further layer after that, and the next job of its
 * scope goes on there. One layer is always taken on, however large.
 *
 * @param bytes of the layers that it reads, 1 to {@link #MOST_BYTES}; a light job reads none
 * @param seconds since its start, 1 to {@link #MOST_SECONDS}
 */
public record Budget(long bytes, long seconds) {
  /** 1 PiB. */
  public static final long MOST_BYTES = 1L << 50;

  /** A week: until then no other job of the scope starts. */
  public static final long MOST_SECONDS = 604_800;

  /**
   * @throws Refusal {@code REQUEST_INVALID} outside these bounds
   */
  public Budget {
    if (bytes <= 0 || seconds <= 0 || bytes > MOST_BYTES || seconds > MOST_SECONDS) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a budget is of 1 to %d bytes and 1 to %d seconds, not of %d bytes and %d seconds"
              .formatted(MOST_BYTES, MOST_SECONDS, bytes, seconds));
    }
  }

  /** What is allowed of a budget that was recorded when there was no maximum. */
  public static Budget recorded(long bytes, long seconds) {
    return new Budget(Math.min(bytes, MOST_BYTES), Math.min(seconds, MOST_SECONDS));
  }
}
