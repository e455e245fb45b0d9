package dev.lamella.host.transfer;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;

/**
 * A blob was sent, and the store cannot store it for now: one of its storage servers does not take
 * it. Other blobs may be stored all the same.
 */
public final class NotStored extends HostFailure {
  private static final long serialVersionUID = 1L;

  NotStored(HostFailure cause) {
    super(ExitCode.UNREACHABLE, String.valueOf(cause.getMessage()), cause);
  }
}
