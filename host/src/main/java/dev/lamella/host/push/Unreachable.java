package dev.lamella.host.push;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers whose storage does not answer. The others go on: they are stored then, and the next
 * push has less to do. Where several fail, it is the store that does not answer. Thread-safe.
 */
final class Unreachable {
  private static final int MOST = 2;

  private final List<HostFailure> failures = new ArrayList<>();

  /**
   * @throws HostFailure this one, where it says something else, or is one too many
   */
  synchronized void add(HostFailure failure) {
    if (failure.exitCode() != ExitCode.UNREACHABLE || failures.size() >= MOST) {
      throw failure;
    }
    failures.add(failure);
  }

  /**
   * @throws HostFailure the first, where there is one
   */
  synchronized void require() {
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
