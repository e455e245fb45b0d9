package dev.lamella.core;

/** Which storage server gets a shard: its id. */
@FunctionalInterface
public interface ServerChoice {
  String serverFor(LayerId layer, int index);
}
