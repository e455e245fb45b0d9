package dev.lamella.host.terminal;

/**
 * The line below all others that is drawn over and over, on a terminal; elsewhere there is none.
 * Where it is too long for the terminal it is cut off, and not continued on the next line, which
 * could not be drawn over. Thread-safe.
 */
public final class LiveLine {
  private static final String CLEAR = "\r\u001b[K";
  private static final String CUT_OFF = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final Terminal terminal;
  private boolean isShown;

  public LiveLine(Terminal terminal) {
    this.terminal = terminal;
  }

  public boolean isPossible() {
    return terminal.interactive();
  }

  public synchronized void draw(String text) {
    if (isPossible()) {
      terminal.out().print(CLEAR + CUT_OFF + text + WRAP);
      terminal.out().flush();
      isShown = true;
    }
  }

  /** Prints a line above it. */
  public synchronized void above(String text) {
    clear();
    terminal.out().println(text);
  }

  public synchronized void clear() {
    if (isShown) {
      terminal.out().print(CLEAR);
      terminal.out().flush();
      isShown = false;
    }
  }

  /** A bar, or nothing where the terminal has no room for it beside the text. */
  public String bar(long done, long all, String text) {
    int width = Math.min(24, terminal.width() - text.length() - 4);
    if (width < 4) {
      return text;
    }
    int full = (int) (width * Math.clamp(done, 0, all) / Math.max(1, all));
    return "[%s%s] %s".formatted("=".repeat(full), " ".repeat(width - full), text);
  }
}
