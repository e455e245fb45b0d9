package dev.lamella.core.layer;

import dev.lamella.core.LayerId;
import dev.lamella.core.chain.Link;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What one shard-writer invocation is asked to do: some shards of one upload, or, where {@code
 * shards} is empty, the serial pass over all of it. Comes at least once.
 *
 * @param bytes of the one shard that is asked for, in base64, where they are not in staging
 * @param pass the serial pass that was handed over, where it is one
 */
public record ShardBatch(
    LayerId upload, List<Task> shards, Optional<String> bytes, Optional<PassId> pass) {

  /**
   * One shard to write: the link that the host claims for it, and the storage server that placement
   * chose.
   */
  public record Task(int index, Link link, String server) {}

  public ShardBatch {
    shards = List.copyOf(shards);
    if (bytes.isPresent() && shards.size() != 1) {
      throw new IllegalArgumentException("bytes are of one shard, not of " + shards.size());
    }
  }

  public ShardBatch(LayerId upload, List<Task> shards) {
    this(upload, shards, Optional.empty(), Optional.empty());
  }

  public static ShardBatch serial(LayerId upload, PassId pass) {
    return new ShardBatch(upload, List.of(), Optional.empty(), Optional.of(pass));
  }

  /** This batch of one shard, with its bytes. */
  public ShardBatch with(byte[] shard) {
    String text = Base64.getEncoder().encodeToString(shard);
    return new ShardBatch(upload, shards, Optional.of(text), pass);
  }

  public boolean isSerial() {
    return shards.isEmpty();
  }
}
