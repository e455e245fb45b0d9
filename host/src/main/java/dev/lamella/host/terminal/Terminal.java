package dev.lamella.host.terminal;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where lines go. Its width is that of {@code COLUMNS}, which the launcher sets.
 *
 * @param interactive whether a person looks at it and lines can be drawn over
 * @param colours whether it shows colours
 * @param width in characters
 */
public record Terminal(PrintStream out, boolean interactive, boolean colours, int width) {
  private static final int WIDTH = 100;

  /** The colours of a terminal, those that are hard to read left out. */
  private static final int[] COLOURS = {36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91};

  public static Terminal ofOutput() {
    return of(System.out, Path.of("/dev/fd/1"), System.getenv());
  }

  public static Terminal ofErrors() {
    return of(System.err, Path.of("/dev/fd/2"), System.getenv());
  }

  /** NO_COLOR by no-color.org: set and not empty. */
  private static Terminal of(PrintStream out, Path device, Map<String, String> environment) {
    boolean isTerminal =
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
            && isDevice(device)
            && !Set.of("", "dumb").contains(environment.getOrDefault("TERM", ""));
    boolean colours = isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(out, isTerminal, colours, width(environment));
  }

  /** The JDK says only whether all streams that it looks at are a terminal's. */
  private static boolean isDevice(Path stream) {
    try {
      Path device = stream.toRealPath();
      return device.startsWith("/dev") && !device.equals(Path.of("/dev/null"));
    } catch (IOException _) {
      // A pipe has no path; and where there is no /dev/fd, there is no terminal that we know of.
      return false;
    }
  }

  private static int width(Map<String, String> environment) {
    try {
      return Math.clamp(Integer.parseInt(environment.getOrDefault("COLUMNS", "")), 20, 500);
    } catch (NumberFormatException _) {
      return WIDTH;
    }
  }

  /** The text in the colour of that number, or as it is. */
  public String coloured(String text, int colour) {
    return colours
        ? "\u001b[%dm%s\u001b[0m".formatted(COLOURS[Math.floorMod(colour, COLOURS.length)], text)
        : text;
  }
}
