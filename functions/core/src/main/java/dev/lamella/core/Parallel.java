package dev.lamella.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
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
    try (Lanes<R> lanes = new Lanes<>(width)) {
      items.forEach(item -> lanes.start(() -> work.apply(item)));
      return lanes.results();
    }
  }

  /** For work that turns up piece by piece, from one thread. */
  public static final class Lanes<R> implements AutoCloseable {
    private final Semaphore places;
    private final List<Future<R>> futures = new ArrayList<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param width how much is worked on at a time
     */
    public Lanes(int width) {
      places = new Semaphore(width);
    }

    /** Returns once the work has begun: where all lanes are taken, when one is free. */
    public void start(Callable<R> work) {
      try {
        places.acquire();
      } catch (InterruptedException e) {
        throw interrupted();
      }
      futures.add(executor.submit(releasing(work)));
    }

    private Callable<R> releasing(Callable<R> work) {
      return () -> {
        try {
          return work.call();
        } finally {
          places.release();
        }
      };
    }

    /** Waits for all that was started, and does as {@link #map} does. */
    public List<R> results() {
      try {
        return Parallel.results(futures);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }

    private IllegalStateException interrupted() {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
      return new IllegalStateException("interrupted while working in parallel");
    }

    /** Waits for what was started. */
    @Override
    public void close() {
      executor.close();
    }
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
