package dev.lamella.core;

/**
 * Untrusted text made fit for a message: one line, of bounded length, in quotes, and valid Unicode,
 * which JSON must be.
 */
public final class Quoted {
  private static final int LONGEST = 150;

  private Quoted() {}

  public static String quoted(String text) {
    String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return "'" + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + "'";
  }
}
