package dev.lamella.core.write;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * Room for shards, kept for those that come next: with an array of its own for each, Java would
 * find, clear and collect 8 MiB a shard. Those of the largest size so far are kept, as many as were
 * ever lent at a time. Thread-safe.
 */
final class Buffers {
  private final Deque<byte[]> idle = new ArrayDeque<>();
  private int largest;

  /** Lends one of that size to what is done with it, which must leave it alone afterwards. */
  <R> R lend(int size, Function<byte[], R> work) {
    byte[] buffer = take(size);
    try {
      return work.apply(buffer);
    } finally {
      giveBack(buffer);
    }
  }

  /** To be given back. */
  synchronized byte[] take(int size) {
    if (size > largest) {
      largest = size;
      idle.clear();
    }
    return size == largest && !idle.isEmpty() ? idle.pop() : new byte[size];
  }

  synchronized void giveBack(byte[] buffer) {
    if (buffer.length == largest) {
      idle.push(buffer);
    }
  }
}
