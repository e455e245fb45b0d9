package dev.lamella.host.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends requests whose client neither sends nor takes anything for too long: an interrupt closes
 * their connection. What the agent itself waits for does not count. Thread-safe.
 */
final class ClientWatch implements AutoCloseable {
  private final long patience;
  private final Map<Thread, Long> waiting = new ConcurrentHashMap<>();
  private final Thread watching;

  ClientWatch(Duration patience) {
    this.patience = patience.toNanos();
    this.watching = Thread.ofVirtual().unstarted(this::watch);
  }

  static ClientWatch start(Duration patience) {
    ClientWatch watch = new ClientWatch(patience);
    watch.watching.start();
    return watch;
  }

  /** One read from a client, or one write to it. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws IOException;
  }

  /**
   * @throws ClientGone where it fails
   */
  <T> T during(Step<T> step) throws ClientGone {
    waiting.put(Thread.currentThread(), System.nanoTime());
    try {
      return step.run();
    } catch (IOException e) {
      throw new ClientGone(e);
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(Duration.ofNanos(Math.max(1, patience / 10)));
        long now = System.nanoTime();
        waiting.forEach(
            (thread, since) -> {
              if (now - since > patience) {
                thread.interrupt();
              }
            });
      }
    } catch (InterruptedException _) {
      // The end.
    }
  }

  @Override
  public void close() {
    watching.interrupt();
  }
}
