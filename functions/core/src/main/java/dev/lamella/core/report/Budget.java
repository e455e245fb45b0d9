package dev.lamella.core.report;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;

/**
 * How much a job may take on. It takes on no further layer after that, and the next job of its
 * scope goes on there. One layer is always taken on, however large.
 *
 * @param bytes of the layers that it reads; a light job reads none
 * @param seconds since its start
 */
public record Budget(long bytes, long seconds) {
  /**
   * @throws Refusal {@code REQUEST_INVALID} unless both are positive
   */
  public Budget {
    if (bytes <= 0 || seconds <= 0) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a budget is of 1 byte and 1 second or more, not of "
              + bytes
              + " bytes and "
              + seconds
              + " seconds");
    }
  }
}
