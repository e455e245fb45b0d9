package dev.lamella.host.outcome;

import java.util.regex.Pattern;

/**
 * Text from a store, an archive or a file name made fit for a terminal or a log: one line of
 * bounded length, in which nothing is a command to the terminal, nothing changes the direction of
 * the text, and no URL shows a password or a signature. All that is printed for people goes through
 * it, here and nowhere else; JSON has its own escapes.
 */
public final class Plain {
  /** In characters. */
  private static final int LONGEST = 4_000;

  private static final Pattern USER = Pattern.compile("(?i)\\b(https?://)[^\\s/?#'\"]*@");
  private static final Pattern QUERY =
      Pattern.compile("(?i)\\b(https?://[^\\s?'\"]*)\\?[^\\s'\")]*");

  private Plain() {}

  /**
   * Breaks become spaces; what else cannot be seen is shown as its number, such as {@code U+001B}
   * in Java's escapes.
   */
  public static String line(String text) {
    String bounded = text.length() > 4 * LONGEST ? text.substring(0, 4 * LONGEST) : text;
    String open = QUERY.matcher(USER.matcher(bounded).replaceAll("$1…@")).replaceAll("$1?…");
    StringBuilder line = new StringBuilder();
    open.codePoints().forEach(point -> append(line, point));
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line.toString();
  }

  private static void append(StringBuilder line, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL -> {
        if (point == '\n' || point == '\t') {
          line.append(' ');
        } else {
          line.append(number(point));
        }
      }
      case Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          line.append(number(point));
      default -> line.appendCodePoint(point);
    }
  }

  private static String number(int point) {
    return "\\u%04x".formatted(point);
  }
}
