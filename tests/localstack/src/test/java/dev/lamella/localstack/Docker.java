package dev.lamella.localstack;

import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** Docker's own command. */
final class Docker {
  private Docker() {}

  /** What it answers; empty where it fails, does not run or is not installed. */
  static Optional<String> ask(String... question) {
    Object[] command = new Object[question.length + 1];
    command[0] = "docker";
    System.arraycopy(question, 0, command, 1, question.length);
    try {
      Command.Ended answer = Command.run(Map.of(), command);
      return answer.status() == 0 ? Optional.of(answer.output().strip()) : Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.empty(); // There is no such command.
    }
  }
}
