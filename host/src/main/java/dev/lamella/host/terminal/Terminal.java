package dev.lamella.host.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/**
 * Where lines go.
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
    return of(System.out, System.getenv());
  }

  public static Terminal ofErrors() {
    return of(System.err, System.getenv());
  }

  /** NO_COLOR by no-color.org: set and not empty. */
  static Terminal of(PrintStream out, Map<String, String> environment) {
    boolean isTerminal =
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
            && !environment.getOrDefault("TERM", "").equals("dumb");
    boolean colours = isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(out, isTerminal, colours, width(environment));
  }

  private static int width(Map<String, String> environment) {
    try {
      return Math.clamp(Integer.parseInt(environment.getOrDefault("COLUMNS", "")), 40, 500);
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
