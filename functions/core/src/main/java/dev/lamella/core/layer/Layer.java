package dev.lamella.core.layer;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A stored layer: every shard record is written and the digest is proven.
 *
 * @param id of the upload whose shards it is made of
 * @param servers how many of its shards each storage server got when it was committed
 * @param references manifests that name it
 * @param used when it was last committed, linked or referenced: what was used lately is not
 *     collected
 * @param verified when a deep verification last proved it
 * @param damaged shards that a verification found missing or wrong, and that were not repaired
 *     since: until they are, nobody gets the layer
 */
public record Layer(
    Digest digest,
    LayerId id,
    Slicing slicing,
    Map<String, Integer> servers,
    long references,
    Instant committed,
    Instant used,
    Optional<Instant> verified,
    SortedSet<Integer> damaged) {
  public Layer {
    servers = Map.copyOf(servers);
    damaged = Collections.unmodifiableSortedSet(new TreeSet<>(damaged));
  }

  /** A layer without damage. */
  public Layer(
      Digest digest,
      LayerId id,
      Slicing slicing,
      Map<String, Integer> servers,
      long references,
      Instant committed,
      Instant used,
      Optional<Instant> verified) {
    this(
        digest,
        id,
        slicing,
        servers,
        references,
        committed,
        used,
        verified,
        Collections.emptySortedSet());
  }

  public boolean isDamaged() {
    return !damaged.isEmpty();
  }

  /** This layer after a use at that time, by so many more manifests; none is only a use. */
  public Layer used(Instant now, int manifests) {
    return new Layer(
        digest, id, slicing, servers, references + manifests, committed, now, verified, damaged);
  }

  /** This layer after a deep verification proved it. */
  public Layer verified(Instant now) {
    return new Layer(
        digest,
        id,
        slicing,
        servers,
        references,
        committed,
        used,
        Optional.of(now),
        damaged);
  }

  /** This layer with these of its shards missing or wrong. */
  public Layer damaged(SortedSet<Integer> shards) {
    return new Layer(
        digest, id, slicing, servers, references, committed, used, verified, shards);
  }
}
