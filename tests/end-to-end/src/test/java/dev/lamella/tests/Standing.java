package dev.lamella.tests;

import dev.lamella.local.Up;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine;

/** The whole store in a JVM of its own: what {@code lamella up} does. */
final class Standing {
  private Standing() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Up()).execute(arguments));
  }

  /**
   * Starts it.
   *
   * @param data of an earlier start, or a new directory
   * @param api reaches it from then on
   */
  static Child up(Path data, FaultyLink api) throws IOException {
    Child stack =
        Child.start(
            Standing.class,
            "--port=0",
            "--data=" + data,
            "--template=" + StackTest.ROOT.resolve("template.yaml"),
            "--parameter=ShardSize=" + StackTest.SHARD);
    String line = stack.awaitLine("Lamella is up at ").orElseThrow();
    api.before(URI.create(line.split(" ", 6)[4]));
    return stack;
  }
}
