package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The shard records. A record is written once and its link never changes: the first one of an index
 * stays, until all of its layer are removed. Its copies may change.
 */
public interface ShardIndex {
  /** Indexes that {@link #find} takes at once. */
  int MOST_FOUND = 100;

  /** What became of a record. */
  enum Put {
    /** It is written, now or, with the same link, before. */
    WRITTEN,
    /** A record of the same index with another link was first, and stays. */
    OTHER_LINK
  }

  Put put(Shard shard);

  /**
   * Notes that a shard has these copies from now on: one was moved, or is in another state. Of two
   * who change the same record at once, one does. Idempotent.
   *
   * @param recorded as it was read
   * @param changed of the same index and link
   * @return false, with nothing changed, where another record than these two is there, or none
   */
  boolean change(Shard recorded, Shard changed);

  /**
   * Those of the given indexes that are written, in any order. At most {@link #MOST_FOUND} are
   * asked for at once.
   */
  List<Shard> find(LayerId layer, Collection<Integer> indexes);

  /**
   * The written shards from an index on, in order of index.
   *
   * @param limit most records to return, 1 to 10,000
   */
  List<Shard> from(LayerId layer, int index, int limit);

  /**
   * The ids under which there are records, in no order; an id may come more than once.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most records to look at
   */
  Page<LayerId> layers(Optional<String> cursor, int limit);

  /** Removes records. Idempotent. */
  void remove(Collection<Shard> shards);
}
