package dev.lamella.host.store;

import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadProgress;

/** How an attempt to complete an upload ended. */
public sealed interface Completion {
  /** The layer is stored. */
  record Committed(StoredLayer layer) implements Completion {}

  /** Shards are still being written: ask again. */
  record Pending(UploadProgress progress) implements Completion {}
}
