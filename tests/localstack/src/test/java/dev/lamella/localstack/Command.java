package dev.lamella.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A program, run to its end in the root of the repository. */
final class Command {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  private Command() {}

  /** What a program that ended left. */
  record Ended(int status, String output, String errors) {
    /**
     * @throws AssertionError with all that it wrote, unless it ended well
     */
    String orFail() {
      if (status != 0) {
        throw new AssertionError("ended with " + status + ":\n" + output + errors);
      }
      return output;
    }
  }

  static Ended run(Map<String, String> environment, Object... command) {
    return run(ROOT, environment, command);
  }

  static Ended run(Path directory, Map<String, String> environment, Object... command) {
    return told("", directory, environment, command);
  }

  /**
   * @param input what it reads
   */
  static Ended told(
      String input, Path directory, Map<String, String> environment, Object... command) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command).stream().map(Object::toString).toList())
            .directory(directory.toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try (Writer writer = process.outputWriter(StandardCharsets.UTF_8)) {
        writer.write(input);
      }
      FutureTask<String> errors = new FutureTask<>(() -> text(process.getErrorStream()));
      Thread.ofVirtual().start(errors);
      String output = text(process.getInputStream());
      return new Ended(process.waitFor(), output, errors.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ExecutionException e) {
      throw new AssertionError("what " + command[0] + " wrote could not be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + command[0] + " ran", e);
    }
  }

  /** Without what the SAM CLI writes over again to show how far an upload is. */
  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replaceAll("[^\n]*\r", "");
  }
}
