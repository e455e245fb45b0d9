package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import java.util.List;
import java.util.Optional;

/**
 * {@code POST /v1/uploads/{id}/complete}: commit the layer. Answered by 201 and a {@link
 * StoredLayer}, or by 202 and an {@link UploadProgress}: then ask again.
 *
 * @param chain the state after each shard, for a host that announced no parts: all shards not yet
 *     written are dispatched
 */
public record CompleteRequest(Digest digest, long size, Optional<List<ChainState>> chain) {
  /**
   * @throws Refusal {@code SIZE_INVALID} where the chain is longer than a layer can have shards
   */
  public CompleteRequest {
    chain.ifPresent(states -> Slicing.requireList("chain", states.size()));
    chain = chain.map(List::copyOf);
  }
}
