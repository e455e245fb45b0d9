package dev.lamella.host.transfer;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A part of a blob that slides over it: what comes in on one side goes out on the other, and no
 * more than the window's size is held. Both sides may move out of order; the window moves as far as
 * all before it is released. Thread-safe; bytes are copied without a lock, by those who know that
 * they are in the window.
 */
final class Window {
  private final byte[] ring;
  private final Prefix filled;
  private final Prefix released;
  private boolean ended;

  /**
   * @param size in bytes
   */
  Window(int size) {
    this(size, 0);
  }

  /**
   * @param start the first offset in the blob that will be needed
   */
  Window(int size, long start) {
    ring = new byte[size];
    filled = new Prefix(start);
    released = new Prefix(start);
  }

  /**
   * Waits until all of these bytes are within the window, or no more will come.
   *
   * @throws HostFailure {@code REFUSED} where they never can be
   */
  synchronized void reserve(long at, int length) {
    requireSize(length);
    waitWhile(() -> at + length - released.end > ring.length && !ended);
  }

  /**
   * Waits until the byte at this offset is within the window.
   *
   * @return how many can be written from there on; 0 where no more will come
   */
  synchronized int room(long at) {
    reserve(at, 1);
    return ended ? 0 : (int) Math.min(ring.length, released.end + ring.length - at);
  }

  /** Whatever has to be in the window at once has at most this size. */
  void requireSize(int length) {
    if (length > ring.length) {
      throw new HostFailure(
          ExitCode.REFUSED,
          "a shard of %d bytes does not fit a window of %d bytes".formatted(length, ring.length));
    }
  }

  /** Puts bytes in, which are not readable yet. */
  void write(ByteBuffer from, long at) {
    for (long to = at; from.hasRemaining(); ) {
      int start = (int) (to % ring.length);
      int length = Math.min(from.remaining(), ring.length - start);
      from.get(ring, start, length);
      to += length;
    }
  }

  /**
   * Puts bytes in, as many as come at once.
   *
   * @return how many; -1 at the end of the stream
   */
  int write(InputStream from, long at, int most) throws IOException {
    int start = (int) (at % ring.length);
    return from.read(ring, start, Math.min(most, ring.length - start));
  }

  /** Copies bytes that are in, as many as there is room for. */
  void read(ByteBuffer into, long at) {
    for (long from = at; into.hasRemaining(); ) {
      int start = (int) (from % ring.length);
      int length = Math.min(into.remaining(), ring.length - start);
      into.put(ring, start, length);
      from += length;
    }
  }

  /** These bytes can be read now. */
  synchronized void fill(long at, long length) {
    filled.add(at, length);
    notifyAll();
  }

  /** Says that these bytes have been read. */
  synchronized void release(long at, long length) {
    released.add(at, length);
    notifyAll();
  }

  /**
   * Waits until all bytes before this offset can be read, or until no more will come.
   *
   * @return as {@link #filled}
   */
  synchronized long awaitFilled(long end) {
    waitWhile(() -> filled.end < end && !ended);
    return filled.end;
  }

  /** The offset that all bytes before it can be, or could be, read. */
  synchronized long filled() {
    return filled.end;
  }

  synchronized boolean isReleased(long at) {
    return at < released.end;
  }

  /** No more will come. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  private synchronized void waitWhile(BooleanSupplier condition) {
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }

  /** Ranges that were added in any order: how far they reach from the beginning without a gap. */
  private static final class Prefix {
    private final TreeMap<Long, Long> ahead = new TreeMap<>();
    private long end;

    Prefix(long start) {
      end = start;
    }

    void add(long at, long length) {
      if (length > 0) {
        ahead.put(at, at + length);
      }
      while (!ahead.isEmpty() && ahead.firstKey() <= end) {
        end = Math.max(end, ahead.pollFirstEntry().getValue());
      }
    }
  }
}
