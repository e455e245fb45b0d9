package dev.lamella.core.verify;

import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import java.util.List;

/** What is looked at on its own: one copy, and the shard that it should be. */
record StoredCopy(Shard shard, Copy copy) {

  /** Every copy of these shards. */
  static List<StoredCopy> of(List<Shard> shards) {
    return shards.stream()
        .flatMap(shard -> shard.copies().stream().map(copy -> new StoredCopy(shard, copy)))
        .toList();
  }
}
