package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import java.util.List;
import java.util.Optional;

/**
 * Layers as one object each, for clients that know nothing of shards. Each is kept for some days.
 */
public interface AssembledLayers {

  /** A layer that has an object. */
  record AssembledObject(LayerId layer, long size) {}

  boolean has(LayerId layer);

  /** Grants whoever has the URL one request to the whole layer. */
  SignedUrl sign(LayerId layer, SignedUrl.Access access);

  /**
   * Makes a layer's object from its shards, which are copied in parallel and not read here where
   * their storage server can copy them; of each, the first copy that is not damaged. It is there
   * when it is whole. Idempotent.
   *
   * @param shards all of them, two or more, in order of index
   * @throws dev.lamella.core.Unavailable where a storage server does not answer
   * @throws dev.lamella.core.Refusal {@code LAYER_DAMAGED} where a shard has no whole copy
   * @throws IllegalStateException where that copy is gone, or is not what its record says
   */
  void assemble(LayerId layer, List<Shard> shards);

  /**
   * Layers that have an object, in order of id. What else is there is left out.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most layers to look at, 1 to 1,000: the page may have fewer, or none
   */
  Page<AssembledObject> list(Optional<String> cursor, int limit);

  /** Removes a layer's object. Idempotent. */
  void remove(LayerId layer);
}
