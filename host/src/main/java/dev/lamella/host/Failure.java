package dev.lamella.host;

import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.StoreRefusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * How a command failed. To people it is one line on standard error; with {@code --json}, scripts
 * also find it on standard output, in the place of the result.
 *
 * @param code of the store, where that refused
 */
record Failure(ExitCode exitCode, String message, Optional<String> code) {

  Failure(ExitCode exitCode, String message) {
    this(exitCode, message, Optional.empty());
  }

  static Failure of(Exception e, String firstLine) {
    return switch (e) {
      case StoreRefusal refusal ->
          new Failure(
              refusal.exitCode(),
              firstLine,
              Optional.of(Plain.line(refusal.code())).filter(code -> !code.isEmpty()));
      case HostFailure failure -> new Failure(failure.exitCode(), firstLine);
      case Refusal _, IllegalArgumentException _ ->
          new Failure(ExitCode.USAGE, Plain.line(firstLine));
      default ->
          new Failure(
              ExitCode.INTERNAL,
              Plain.line(
                  "a fault of lamella itself: %s: %s (--verbose shows where)"
                      .formatted(e.getClass().getSimpleName(), firstLine)));
    };
  }

  void print(CommandLine command, List<String> arguments) {
    command.getErr().println("lamella: " + message);
    command.getErr().flush();
    if (arguments.contains("--json")) {
      command.getOut().println(Json.pretty(Map.of("error", new Shown(this))));
      command.getOut().flush();
    }
  }

  /** As scripts see it. */
  private record Shown(int exitCode, String reason, String message, Optional<String> code) {
    Shown(Failure failure) {
      this(failure.exitCode.value(), failure.exitCode.meaning(), failure.message, failure.code);
    }
  }
}
