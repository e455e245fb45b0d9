package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import java.util.List;

/**
 * Layers as one object each, for clients that know nothing of shards. Each expires by itself, some
 * days after it was assembled.
 */
public interface AssembledLayers {

  boolean has(LayerId layer);

  /** Grants whoever has the URL one request to the whole layer. */
  SignedUrl sign(LayerId layer, SignedUrl.Access access);

  /**
   * Makes a layer's object from its shards, which are copied in parallel and not read here where
   * their storage server can copy them. It is there when it is whole; twice is as once.
   *
   * @param shards all of them, two or more, in order of index
   * @throws dev.lamella.core.Unavailable where a storage server does not answer
   * @throws IllegalStateException where a shard is gone, or is not what its record says
   */
  void assemble(LayerId layer, List<Shard> shards);
}
