package dev.lamella.core.api;

/** How an attempt to complete an upload ended. */
public sealed interface Completion {
  /** The layer is visible. */
  record Committed(StoredLayer layer) implements Completion {}

  /** Shards are still being written: ask again. */
  record Pending(UploadProgress progress) implements Completion {}
}
