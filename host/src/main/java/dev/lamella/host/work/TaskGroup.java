package dev.lamella.host.work;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tasks that belong together, each on a virtual thread of its own: the first that fails ends the
 * others. Tasks may start further tasks.
 */
public final class TaskGroup {
  private final Set<Thread> running = new HashSet<>();
  private Optional<Throwable> failure = Optional.empty();

  /**
   * Starts a task.
   *
   * @return false, with nothing started, after a failure
   */
  public synchronized boolean start(Runnable task) {
    if (failure.isPresent()) {
      return false;
    }
    Thread thread = Thread.ofVirtual().unstarted(() -> run(task));
    running.add(thread);
    thread.start();
    return true;
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      leave();
    }
  }

  /** Ends the tasks, and returns when they have ended. What became of them does not matter. */
  public void cancel() {
    fail(new HostFailure(ExitCode.INTERNAL, "ended"));
    var _ = awaitAll();
  }

  private synchronized void fail(Throwable cause) {
    if (failure.isEmpty()) {
      failure = Optional.of(cause);
      running.forEach(Thread::interrupt);
    }
  }

  private synchronized void leave() {
    running.remove(Thread.currentThread());
    notifyAll();
  }

  /**
   * Returns when all tasks have ended; where one failed, throws what it threw. An interrupt of the
   * caller ends the tasks.
   */
  public void join() {
    Throwable thrown = awaitAll().orElse(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    }
  }

  private synchronized Optional<Throwable> awaitAll() {
    boolean interrupted = false;
    while (!running.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        fail(new HostFailure(ExitCode.INTERNAL, "interrupted", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }
}
