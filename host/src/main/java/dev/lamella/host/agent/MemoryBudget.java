package dev.lamella.host.agent;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what all transfers hold of their layers. Who comes first gets at most half of what is
 * free, so that there is some for those who come next; who comes when too little is free waits, and
 * who waits longest goes first. Thread-safe.
 */
final class MemoryBudget {
  private final long total;
  private final Duration patience;
  private final Queue<Object> waiting = new ArrayDeque<>();
  private long free;

  /**
   * @param total in bytes
   * @param patience how long to wait at most
   */
  MemoryBudget(long total, Duration patience) {
    this.total = total;
    this.patience = patience;
    this.free = total;
  }

  /** Bytes that a transfer may hold until it gives them back. */
  final class Lease implements AutoCloseable {
    private int bytes;

    private Lease(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }

    /** Idempotent. */
    @Override
    public void close() {
      synchronized (MemoryBudget.this) {
        free += bytes;
        bytes = 0;
        MemoryBudget.this.notifyAll();
      }
    }
  }

  /** What one upload holds, once it is known how large its shards are. */
  final class Holder implements AutoCloseable {
    private Optional<Lease> lease = Optional.empty();

    private Holder() {}

    /**
     * @param shardSize in bytes
     * @return bytes that the upload may hold
     */
    synchronized int take(int shardSize) {
      close();
      lease = Optional.of(MemoryBudget.this.take(shardSize, total));
      return lease.get().bytes();
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
      lease.ifPresent(Lease::close);
    }
  }

  Holder holder() {
    return new Holder();
  }

  /**
   * @param least bytes that are of use
   * @param most bytes that are of use, at least {@code least}
   * @throws HostFailure {@code REFUSED} where so much can never be had
   * @throws Refusal {@code TOOMANYREQUESTS} where others have it for too long
   */
  synchronized Lease take(long least, long most) {
    if (least > total) {
      throw new HostFailure(
          ExitCode.REFUSED,
          ("the agent holds %d bytes of layers at most, and needs %d for a shard of this one:"
                  + " start it with more memory, such as LAMELLA_JAVA_OPTS=-Xmx%dm")
              .formatted(total, least, (4 * least) >> 20));
    }
    Object me = new Object();
    waiting.add(me);
    try {
      await(me, least);
      int bytes = Math.toIntExact(Math.max(least, Math.min(most, free / 2)));
      free -= bytes;
      return new Lease(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    } finally {
      waiting.remove(me);
      notifyAll();
    }
  }

  private void await(Object me, long least) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!me.equals(waiting.peek()) || free < least) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new Refusal(
            ErrorCode.TOOMANYREQUESTS,
            "the agent has as many transfers as its memory allows: try again, or start it with"
                + " more memory");
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
