package dev.lamella.core;

import java.util.List;

/** Which storage server gets a shard: its id. */
@FunctionalInterface
public interface ServerChoice {
  String serverFor(LayerId layer, int index);

  /**
   * All that may take a shard, in the order in which they are asked: {@link #serverFor} first, and
   * the others where that one does not take it.
   */
  default List<String> serversFor(LayerId layer, int index) {
    return List.of(serverFor(layer, index));
  }

  /** Whether a storage server takes shards at all. */
  default boolean takes(String server) {
    return true;
  }
}
