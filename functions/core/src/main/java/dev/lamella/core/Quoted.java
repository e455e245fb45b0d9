package dev.lamella.core;

import java.util.regex.Pattern;

/**
 * Untrusted text made fit for a message: one line, of bounded length, in quotes, and valid Unicode,
 * which JSON must be.
 */
public final class Quoted {
  private static final int LONGEST = 150;

  /** What ends a line somewhere, commands a terminal, or is half a character. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cs}\\u2028\\u2029]");

  private Quoted() {}

  /**
   * The same without quotes.
   *
   * @param longest characters of it
   */
  public static String line(String text, int longest) {
    String shown = text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    return UNSEEN.matcher(shown).replaceAll("?");
  }

  public static String quoted(String text) {
    String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return "'" + UNSEEN.matcher(shown).replaceAll("?") + "'";
  }
}
