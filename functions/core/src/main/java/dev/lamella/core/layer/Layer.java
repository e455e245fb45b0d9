package dev.lamella.core.layer;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A stored layer: every shard record is written and the digest is proven.
 *
 * @param id of the upload whose shards it is made of
 * @param servers how many of its shards each storage server got when it was committed
 * @param references manifests that name it
 * @param used when it was last committed, linked or referenced: what was used lately is not
 *     collected
 * @param verified when a verification job last proved it
 */
public record Layer(
    Digest digest,
    LayerId id,
    Slicing slicing,
    Map<String, Integer> servers,
    long references,
    Instant committed,
    Instant used,
    Optional<Instant> verified) {
  public Layer {
    servers = Map.copyOf(servers);
  }

  /** This layer after a use at that time, by so many more manifests; none is only a use. */
  public Layer used(Instant now, int manifests) {
    return new Layer(
        digest, id, slicing, servers, references + manifests, committed, now, verified);
  }
}
