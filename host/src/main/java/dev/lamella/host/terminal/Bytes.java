package dev.lamella.host.terminal;

import java.util.Locale;

/** Bytes as people read them: decimal units, as disks and networks count. */
public final class Bytes {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};
  private static final int STEP = 1000;

  private Bytes() {}

  public static String text(long bytes) {
    if (bytes < STEP) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= STEP && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  /** Bytes a second, over some milliseconds. */
  public static String speed(long bytes, long millis) {
    return text(bytes * STEP / Math.max(1, millis)) + "/s";
  }
}
