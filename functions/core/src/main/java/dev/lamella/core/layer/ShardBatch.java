package dev.lamella.core.layer;

import dev.lamella.core.LayerId;
import dev.lamella.core.chain.Link;
import java.util.List;

/**
 * What one shard-writer invocation is asked to do: some shards of one upload, or, where {@code
 * shards} is empty, the serial pass over all of it. Comes at least once.
 */
public record ShardBatch(LayerId upload, List<Task> shards) {

  /**
   * One shard to write: the link that the host claims for it, and the storage server that placement
   * chose.
   */
  public record Task(int index, Link link, String server) {}

  public ShardBatch {
    shards = List.copyOf(shards);
  }

  public static ShardBatch serial(LayerId upload) {
    return new ShardBatch(upload, List.of());
  }

  public boolean isSerial() {
    return shards.isEmpty();
  }
}
