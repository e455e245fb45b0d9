package dev.lamella.core;

/** Which storage server gets a shard: its id. */
@FunctionalInterface
public interface ServerChoice {
  String serverFor(LayerId layer, int index);

  /** Whether a storage server takes shards at all. */
  default boolean takes(String server) {
    return true;
  }
}
