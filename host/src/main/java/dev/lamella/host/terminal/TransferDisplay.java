package dev.lamella.host.terminal;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.progress.Progress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows how a transfer goes: a line for each blob that is done, and on a terminal a bar below them
 * with bytes, speed and the time that is left, drawn anew several times a second from the start.
 */
public final class TransferDisplay implements Progress, AutoCloseable {
  private static final int SHORT = 19;
  private static final long REDRAW_MILLIS = 100;

  /** Before that, it is not known how fast it will be. */
  private static final long EARLY_MILLIS = 1_000;

  private final LiveLine line;
  private final String done;
  private final long start = System.nanoTime();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong expected = new AtomicLong();
  private final Set<Digest> open = ConcurrentHashMap.newKeySet();
  private final Thread clock = Thread.ofVirtual().unstarted(this::redraw);

  private TransferDisplay(Terminal terminal, String done) {
    this.line = new LiveLine(terminal);
    this.done = done;
  }

  /**
   * @param done what happened to the bytes, such as "sent"
   */
  public static TransferDisplay on(Terminal terminal, String done) {
    TransferDisplay display = new TransferDisplay(terminal, done);
    if (display.line.isPossible()) {
      display.clock.start();
    }
    return display;
  }

  private void redraw() {
    try {
      while (true) {
        line.draw(bar(System.nanoTime() - start));
        TimeUnit.MILLISECONDS.sleep(REDRAW_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void begin(Digest blob, long size) {
    open.add(blob);
    expected.addAndGet(size);
  }

  @Override
  public void moved(Digest blob, long bytes) {
    moved.addAndGet(bytes);
  }

  @Override
  public void end(Digest blob, String outcome) {
    open.remove(blob);
    line.above(Plain.line(blob.toString().substring(0, SHORT) + "  " + outcome));
  }

  @Override
  public void note(String text) {
    line.above(Plain.line("lamella: " + text));
  }

  String bar(long nanos) {
    long all = expected.get();
    long now = Math.clamp(moved.get(), 0, all);
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    if (all == 0) {
      return "Finding out what is to be %s, %d s".formatted(done, millis / 1000);
    }
    String text =
        "%s of %s %s, %s, %s"
            .formatted(
                Bytes.text(now),
                Bytes.text(all),
                done,
                Bytes.speed(now, millis),
                left(now, all, millis));
    return line.bar(now, all, text);
  }

  /** What is moved is not done: the store, or the disk, may need some time for the rest. */
  private String left(long now, long all, long millis) {
    if (now == all) {
      return open.isEmpty() ? "ending" : "waiting for " + Counted.of(open.size(), "layer");
    }
    if (now == 0 || millis < EARLY_MILLIS) {
      return "? left";
    }
    return Math.ceilDiv((all - now) * (millis / EARLY_MILLIS), now) + " s left";
  }

  @Override
  public void close() {
    clock.interrupt();
    try {
      clock.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    line.clear();
  }
}
