package dev.lamella.local.lambda;

import dev.lamella.local.lambda.InvocationResult.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's queue of asynchronous invocations. An event waits for its function's concurrency, is
 * tried again after a delay as the template says, and becomes a dead letter in the end. The queue
 * is in memory: what waits in it when the stack ends is gone (in AWS it would stay).
 */
final class AsynchronousQueue implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Duration retryDelay;
  private final ExecutorService events = Executors.newVirtualThreadPerTaskExecutor();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private int pending;

  AsynchronousQueue(Duration retryDelay) {
    this.retryDelay = retryDelay;
  }

  void add(LocalFunction function, String requestId, byte[] payload) {
    synchronized (this) {
      pending++;
    }
    events.execute(
        () -> {
          try {
            deliver(function, requestId, payload);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The stack stops.
          } finally {
            settle();
          }
        });
  }

  private void deliver(LocalFunction function, String requestId, byte[] payload)
      throws InterruptedException {
    long oldest = System.nanoTime() + function.definition().maximumAge().toNanos();
    String id = function.definition().logicalId();
    for (int attempt = 1; ; attempt++) {
      Invocation invocation = new Invocation(id, requestId, attempt, true, payload);
      if (!(function.invokeWhenFree(invocation) instanceof Failed failed)) {
        return;
      }
      if (attempt > function.definition().retries() || System.nanoTime() > oldest) {
        bury(function, invocation, failed.error());
        return;
      }
      TimeUnit.NANOSECONDS.sleep(retryDelay.toNanos() * attempt);
    }
  }

  private synchronized void bury(LocalFunction function, Invocation last, FunctionError error) {
    String target = function.definition().deadLetters().orElse("");
    function
        .log()
        .write(
            last.requestId(),
            "ERROR",
            "given up after %d attempts; dead letter for %s"
                .formatted(last.attempt(), target.isEmpty() ? "no queue" : target));
    deadLetters.add(
        new DeadLetter(
            last.function(), last.requestId(), last.payload(), error, last.attempt(), target));
  }

  private synchronized void settle() {
    pending--;
    notifyAll();
  }

  synchronized List<DeadLetter> deadLetters() {
    return List.copyOf(deadLetters);
  }

  /** Waits until no event is waiting or running; false if that takes longer than the patience. */
  synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (pending > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Lets what runs end for two seconds, then interrupts it. */
  @Override
  public void close() {
    events.shutdown();
    try {
      awaitIdle(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    events.shutdownNow();
  }
}
