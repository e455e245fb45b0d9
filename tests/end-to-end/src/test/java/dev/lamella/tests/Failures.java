package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lamella.host.outcome.HostFailure;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How a command is expected to fail. */
final class Failures {
  private Failures() {}

  /** What it failed with, held to one line that gives no secret away. */
  static HostFailure failure(ThrowingCallable command) {
    HostFailure failure = catchThrowableOfType(HostFailure.class, command);
    assertThat(failure).as("how the command failed").isNotNull();
    assertThat(failure.getMessage()).hasLineCount(1).doesNotContain("X-Amz-");
    return failure;
  }
}
