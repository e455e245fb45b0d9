package dev.lamella.host.work;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.concurrent.Semaphore;

/** Bounds how many tasks work at a time, over several groups; who came first goes first. */
public final class Permits {
  private final Semaphore free;

  public Permits(int count) {
    free = new Semaphore(count, true);
  }

  /** Waits for a permit, then starts the task with it and returns. */
  public void start(TaskGroup tasks, Runnable task) {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
    boolean isStarted =
        tasks.start(
            () -> {
              try {
                task.run();
              } finally {
                free.release();
              }
            });
    if (!isStarted) {
      free.release();
    }
  }
}
