package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that others made, run with a home of its own, so that no setting of this machine
 * counts.
 *
 * @param command the program, and what every call of it begins with
 */
record Tool(List<String> command, Path home, Map<String, String> environment) {
  private static final Path FINDER = Path.of("tool").toAbsolutePath();
  private static final long PATIENCE_MINUTES = 3;

  Tool {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * The program of that name in tools.txt. Where it is missing, the test is skipped, and a line
   * says how to get it.
   */
  static Tool find(String name, Path home) {
    Result found = new Tool(List.of(FINDER.toString()), home, Map.of()).runFor(30, name);
    assumeTrue(found.status() == 0, () -> "Skipped: " + found.errors().strip());
    return new Tool(List.of(found.output().strip()), home, Map.of("HOME", home.toString()));
  }

  Path program() {
    return Path.of(command.getFirst());
  }

  /** The same, always called with these before all else. */
  Tool with(String... options) {
    List<String> longer = new ArrayList<>(command);
    longer.addAll(List.of(options));
    return new Tool(longer, home, environment);
  }

  Tool withEnvironment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new Tool(command, home, all);
  }

  /**
   * @param output what it wrote to its standard output
   * @param errors what it wrote to its standard error
   */
  record Result(String call, int status, String output, String errors) {
    /** What it wrote, if it succeeded; the test fails if not. */
    String succeeded() {
      assertThat(status).as("%s%n%s%n%s", call, output, errors).isZero();
      return output;
    }

    /** What it said, if it failed; the test fails if not. */
    String failed() {
      assertThat(status).as("%s%n%s%n%s", call, output, errors).isNotZero();
      return output + errors;
    }
  }

  Result run(String... arguments) {
    return runFor(PATIENCE_MINUTES, arguments);
  }

  private Result runFor(long minutes, String... arguments) {
    String call = String.join(" ", with(arguments).command());
    try {
      Path output = Files.createTempFile(home, "output", ".txt");
      Path errors = Files.createTempFile(home, "errors", ".txt");
      Process process = start(output, errors, arguments);
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(
            "still running after %d min: %s%n%s".formatted(minutes, call, text(errors)));
      }
      return new Result(call, process.exitValue(), text(output), text(errors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + call, e);
    }
  }

  /** Starts it and does not wait. */
  Process start(Path output, Path errors, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(with(arguments).command())
            .directory(home.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }
}
