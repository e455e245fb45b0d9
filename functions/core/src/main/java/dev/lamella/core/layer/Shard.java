package dev.lamella.core.layer;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.Link;

/**
 * The shard record: the patent's storage information of one shard. Reading follows the record,
 * never the placement algorithm, so servers may come and go.
 *
 * @param image the image it was uploaded for
 * @param offset where it begins in the layer, in bytes
 * @param size its bytes; 0 only for the one shard of an empty layer
 * @param server id of the storage server that holds it
 * @param key its position there
 * @param checksum what the storage server keeps as the object's checksum, as {@code
 *     algorithm:base64}
 * @param etag what the storage server calls the object as it was written, the same in a list of its
 *     objects; empty where that is not known
 * @param link the states of the digest chain before and after it, proven by the function that wrote
 *     it
 */
public record Shard(
    RepositoryName image,
    LayerId layer,
    int index,
    long offset,
    int size,
    String server,
    String key,
    String checksum,
    String etag,
    Link link) {

  /** What the keys of all shards begin with. */
  public static final String PREFIX = "layers/";

  /** A shard that no storage server has yet. */
  public Shard(
      RepositoryName image,
      LayerId layer,
      int index,
      long offset,
      int size,
      String server,
      String key,
      Link link) {
    this(image, layer, index, offset, size, server, key, "", "", link);
  }

  /** This shard on a storage server, whatever the one before; at the same position there. */
  public Shard on(String other) {
    return new Shard(image, layer, index, offset, size, other, key, checksum, etag, link);
  }

  /** The same shard, as the storage server keeps it. */
  public Shard kept(String as, String called) {
    return new Shard(image, layer, index, offset, size, server, key, as, called, link);
  }

  /**
   * The position of a shard on its storage server: {@code layers/<layer>/<index>-<state after it>}.
   * The whole state: with a part of it, whoever finds different bytes that share that part could
   * have the object under a record replaced.
   */
  public static String keyOf(LayerId layer, int index, Link link) {
    return prefixOf(layer) + "%08d-%s".formatted(index, link.after().hex());
  }

  /** What the keys of all shards of a layer begin with. */
  public static String prefixOf(LayerId layer) {
    return PREFIX + layer + "/";
  }
}
