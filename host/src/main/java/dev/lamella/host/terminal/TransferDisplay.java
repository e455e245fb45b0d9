package dev.lamella.host.terminal;

import dev.lamella.core.Digest;
import dev.lamella.host.progress.Progress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows how a transfer goes: a line for each blob that is done, and on a terminal a bar below them
 * with bytes, speed and the time that is left.
 */
public final class TransferDisplay implements Progress, AutoCloseable {
  private static final int BAR = 24;
  private static final int SHORT = 19;
  private static final long REDRAW = TimeUnit.MILLISECONDS.toNanos(100);
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Terminal terminal;
  private final String done;
  private final long start = System.nanoTime();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong expected = new AtomicLong();
  private final AtomicLong drawn = new AtomicLong(start);
  private boolean isBarShown;

  private TransferDisplay(Terminal terminal, String done) {
    this.terminal = terminal;
    this.done = done;
  }

  /**
   * @param done what happened to the bytes, such as "sent"
   */
  public static TransferDisplay on(Terminal terminal, String done) {
    return new TransferDisplay(terminal, done);
  }

  @Override
  public void begin(Digest blob, long size) {
    expected.addAndGet(size);
  }

  @Override
  public void moved(Digest blob, long bytes) {
    moved.addAndGet(bytes);
    long last = drawn.get();
    long now = System.nanoTime();
    if (terminal.interactive() && now - last > REDRAW && drawn.compareAndSet(last, now)) {
      draw();
    }
  }

  @Override
  public void end(Digest blob, String outcome) {
    line(blob.toString().substring(0, SHORT) + "  " + outcome);
  }

  @Override
  public void note(String line) {
    line("lamella: " + line);
  }

  private synchronized void line(String text) {
    clear();
    terminal.out().println(text);
  }

  private synchronized void draw() {
    terminal.out().print(CLEAR_LINE + bar(System.nanoTime() - start));
    terminal.out().flush();
    isBarShown = true;
  }

  String bar(long nanos) {
    long all = Math.max(1, expected.get());
    long now = Math.clamp(moved.get(), 0, all);
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    int full = (int) (BAR * now / all);
    String left = now == 0 ? "?" : (all - now) * millis / now / 1000 + " s";
    return "[%s%s] %s of %s %s, %s, %s left"
        .formatted(
            "=".repeat(full),
            " ".repeat(BAR - full),
            Bytes.text(now),
            Bytes.text(all),
            done,
            Bytes.speed(now, millis),
            left);
  }

  private void clear() {
    if (isBarShown) {
      terminal.out().print(CLEAR_LINE);
      isBarShown = false;
    }
  }

  @Override
  public synchronized void close() {
    clear();
    terminal.out().flush();
  }
}
