package dev.lamella.host.agent;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.host.progress.Progress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what one transfer took, for its line in the log. Thread-safe. */
final class TransferCount implements Progress {
  private static final double MEGA = 1e6;
  private static final double NANOS = 1e9;

  private final AtomicInteger retries = new AtomicInteger();
  private final long since = System.nanoTime();

  @Override
  public void begin(Digest blob, long size) {}

  @Override
  public void moved(Digest blob, long bytes) {
    if (bytes <= 0) {
      retries.incrementAndGet();
    }
  }

  @Override
  public void end(Digest blob, String outcome) {}

  @Override
  public void note(String line) {}

  /**
   * @param bytes that the client sent or got
   */
  String line(String what, long bytes, int shards) {
    double seconds = Math.max(1e-3, (System.nanoTime() - since) / NANOS);
    return String.format(
        Locale.ROOT,
        "%s: %s in %s, %.2f s, %.1f MB/s, %s",
        what,
        Counted.of(bytes, "byte"),
        Counted.of(shards, "shard"),
        seconds,
        bytes / MEGA / seconds,
        retries.get() == 1 ? "1 retry" : retries.get() + " retries");
  }
}
