package dev.lamella.core.upload;

import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Shard;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The shard records of an upload that have been seen so far. Not thread-safe. */
final class WrittenShards {
  private final Slicing slicing;
  private final NavigableMap<Integer, Shard> shards = new TreeMap<>();

  WrittenShards(Slicing slicing) {
    this.slicing = slicing;
  }

  void add(List<Shard> seen) {
    seen.forEach(shard -> shards.put(shard.index(), shard));
  }

  boolean has(int index) {
    return shards.containsKey(index);
  }

  int count() {
    return shards.size();
  }

  boolean isComplete() {
    return shards.size() == slicing.count();
  }

  IntStream missing() {
    return IntStream.range(0, slicing.count()).filter(index -> !has(index));
  }

  List<Shard> inOrder() {
    return List.copyOf(shards.values());
  }
}
