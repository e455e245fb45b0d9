package dev.lamella.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The command as it was unpacked, run with no more of an environment than a system has. */
record Installed(Path home) {
  private static final Map<String, String> SYSTEM = Map.of("PATH", "/usr/bin:/bin");

  record Ended(int code, String out, String err) {}

  Ended run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(environment, arguments);
    // Both at a time, or a full pipe of one would stop the other.
    var err = new StringBuilder();
    Thread reading = Thread.ofVirtual().start(() -> err.append(text(process, true)));
    String out = text(process, false);
    reading.join();
    return new Ended(process.waitFor(), out, err.toString());
  }

  Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        Stream.concat(Stream.of(home.resolve("bin/lamella").toString()), Stream.of(arguments))
            .toList();
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    Map<String, String> all = new HashMap<>(SYSTEM);
    all.putAll(environment);
    builder.environment().clear();
    builder.environment().putAll(all);
    return builder.start();
  }

  private static String text(Process process, boolean isError) {
    try (var in = isError ? process.getErrorStream() : process.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
