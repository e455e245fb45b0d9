package dev.lamella.core.verify;

import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Copy.State;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of copies, in the records of their shards. A record is changed before its layer is
 * told that a shard is lost: who changes the last whole copy sees that it is the last. If it dies
 * then, readers refuse the shard, and the next job tells the layer.
 */
final class CopyStates {
  /** Others may change the same record: each time that they did, it is tried again. */
  private static final int MOST_TRIES = 20;

  private final ShardIndex shards;

  CopyStates(ShardIndex shards) {
    this.shards = shards;
  }

  /**
   * Notes what was seen of copies. A copy that others have moved, written or noted since it was
   * read is left as it is. Idempotent.
   *
   * @param read the record as it was read
   * @param seen its copies, as they were read, with what is known of them now
   * @return the record as it is then; empty where there is none any more
   */
  Optional<Shard> note(Shard read, Map<Copy, State> seen) {
    Optional<Shard> recorded = Optional.of(read);
    for (int tries = 0; tries < MOST_TRIES && recorded.isPresent(); tries++) {
      Shard was = recorded.get();
      Shard noted = was;
      for (Map.Entry<Copy, State> entry : seen.entrySet()) {
        noted = noted.with(entry.getKey(), entry.getKey().as(entry.getValue()));
      }
      if (noted.equals(was) || shards.change(was, noted)) {
        return Optional.of(noted);
      }
      recorded = shards.find(read.layer(), List.of(read.index())).stream().findFirst();
    }
    if (recorded.isEmpty()) {
      return recorded;
    }
    throw new IllegalStateException(
        "shard %d of layer %s is changed by too many".formatted(read.index(), read.layer()));
  }
}
