package dev.lamella.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own. */
record HostProcess(Process process, Path output, Path errors) implements AutoCloseable {

  static HostProcess start(Path directory, FakeStore store, String... arguments)
      throws IOException {
    return start(List.of(), directory, store, arguments);
  }

  /**
   * @param wrapper what it is run by, and that takes a command line as its last argument
   */
  static HostProcess start(
      List<String> wrapper, Path directory, FakeStore store, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Lamella.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--to", store.url().toString()));
    List<String> all = new ArrayList<>(wrapper);
    if (wrapper.isEmpty()) {
      all.addAll(command);
    } else {
      all.add(String.join(" ", command));
    }
    Path output = Files.createTempFile(directory, "output", ".txt");
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    Process process =
        new ProcessBuilder(all)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    return new HostProcess(process, output, errors);
  }

  /** Waits for its end. */
  int exit() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new AssertionError("it is still running");
    }
    return process.exitValue();
  }

  String said() throws IOException {
    return Files.readString(errors, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
