package dev.lamella.host.transfer;

import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Brings together what is known of each shard, from the thread that hashes and those that send: a
 * shard is ready to be announced when it is staged and its link is known. Thread-safe.
 */
final class ReadyParts {
  /** A shard-writer takes several shards at a time: fewer are worth a moment's wait. */
  private static final int GROUP = 8;

  private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(100);

  /** In one announcement; the store takes 10,000. */
  private static final int MOST = 1_000;

  private final Map<Integer, Link> links = new HashMap<>();
  private final BitSet staged = new BitSet();
  private final BitSet due;
  private boolean isOpen;

  /**
   * @param due the shards that are to be announced
   */
  ReadyParts(BitSet due) {
    this.due = (BitSet) due.clone();
  }

  /** Of shards that become due one by one, until {@link #close}. */
  static ReadyParts open() {
    ReadyParts ready = new ReadyParts(new BitSet());
    ready.isOpen = true;
    return ready;
  }

  /** One more shard is to be announced. */
  synchronized void due(int index, Link link) {
    due.set(index);
    linked(index, link);
  }

  /** No more shards become due. */
  synchronized void close() {
    isOpen = false;
    notifyAll();
  }

  synchronized void linked(int index, Link link) {
    links.put(index, link);
    notifyAll();
  }

  synchronized void staged(int index) {
    staged.set(index);
    notifyAll();
  }

  synchronized Optional<Link> link(int index) {
    return Optional.ofNullable(links.get(index));
  }

  /**
   * Waits for shards that are ready, and takes them: each once, in order.
   *
   * @return empty when all that were due have been taken
   */
  synchronized List<Integer> take() {
    try {
      long since = System.nanoTime();
      while (isOpen || !due.isEmpty()) {
        List<Integer> ready = due.stream().filter(this::isReady).limit(MOST).boxed().toList();
        long left = MOMENT - (System.nanoTime() - since);
        if (ready.isEmpty()) {
          wait();
          since = System.nanoTime();
        } else if (ready.size() >= GROUP || isLast(ready) || left <= 0) {
          ready.forEach(due::clear);
          return ready;
        } else {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      }
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }

  private boolean isLast(List<Integer> ready) {
    return !isOpen && ready.size() == due.cardinality();
  }

  private boolean isReady(int index) {
    return staged.get(index) && links.containsKey(index);
  }
}
