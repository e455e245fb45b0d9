package dev.lamella.host.store;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends connections on which nothing moves, or which take absurdly long: a read has a timeout of its
 * own, but the JDK has none for writes, nor one for a whole exchange. One thread watches all
 * connections of the process.
 */
final class StallWatch {
  /** Slower than this a connection is given up, even though something moves. */
  private static final long SLOWEST_BYTES_PER_SECOND = 1024;

  private static final Set<Watched> WATCHED = ConcurrentHashMap.newKeySet();

  static {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("stall-watch").factory());
    var _ = clock.scheduleAtFixedRate(StallWatch::look, 250, 250, TimeUnit.MILLISECONDS);
  }

  private StallWatch() {}

  static Watched watch(HttpURLConnection connection, Duration stall, long bytes) {
    Watched added = new Watched(connection, stall.toNanos(), bytes);
    WATCHED.add(added);
    return added;
  }

  private static void look() {
    long now = System.nanoTime();
    WATCHED.stream().filter(one -> one.isOver(now)).forEach(Watched::end);
  }

  /** One exchange under watch, until it is closed. */
  static final class Watched implements AutoCloseable {
    private final HttpURLConnection connection;
    private final long stall;
    private volatile long moved = System.nanoTime();
    private volatile long deadline;
    private volatile boolean ended;

    private Watched(HttpURLConnection connection, long stall, long bytes) {
      this.connection = connection;
      this.stall = stall;
      deadline = deadline(bytes);
    }

    /** Something moved; from now on there is time for so many bytes. */
    void expect(long bytes) {
      moved();
      deadline = deadline(bytes);
    }

    void moved() {
      moved = System.nanoTime();
    }

    boolean hasEnded() {
      return ended;
    }

    private long deadline(long bytes) {
      long seconds = Math.max(0, bytes) / SLOWEST_BYTES_PER_SECOND;
      return System.nanoTime() + 2 * stall + TimeUnit.SECONDS.toNanos(seconds);
    }

    private boolean isOver(long now) {
      return now - moved > stall || now - deadline > 0;
    }

    private void end() {
      ended = true;
      connection.disconnect();
    }

    @Override
    public void close() {
      WATCHED.remove(this);
    }
  }
}
