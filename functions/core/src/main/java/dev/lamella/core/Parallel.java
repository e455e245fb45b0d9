package dev.lamella.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Blocking work on many things at once, each on a virtual thread of its own. */
public final class Parallel {
  private Parallel() {}

  /**
   * Works on all items, at most {@code width} at a time, and returns the results in the items'
   * order. Where some fail, the others are still finished; then the first failure is thrown, with
   * the rest suppressed. An interrupt of the caller is passed on to the work.
   */
  public static <T, R> List<R> map(Collection<T> items, int width, Function<T, R> work) {
    Semaphore places = new Semaphore(width);
    List<Future<R>> futures = new ArrayList<>(items.size());
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (T item : items) {
          places.acquire();
          futures.add(executor.submit(releasing(places, () -> work.apply(item))));
        }
        return results(futures);
      } catch (InterruptedException e) {
        executor.shutdownNow();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while working in parallel", e);
      }
    }
  }

  private static <R> Callable<R> releasing(Semaphore places, Callable<R> work) {
    return () -> {
      try {
        return work.call();
      } finally {
        places.release();
      }
    };
  }

  @SuppressWarnings("ReferenceEquality") // a throwable must not suppress itself
  private static <R> List<R> results(List<Future<R>> futures) throws InterruptedException {
    List<R> results = new ArrayList<>(futures.size());
    List<Throwable> failures = new ArrayList<>();
    for (Future<R> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      }
    }
    if (failures.isEmpty()) {
      return results;
    }
    Throwable first = failures.removeFirst();
    failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
    switch (first) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(first);
    }
  }
}
