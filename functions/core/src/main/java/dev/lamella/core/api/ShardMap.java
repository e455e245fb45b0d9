package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.chain.ChainState;
import java.net.URI;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code GET /v1/layers/{digest}?image=&from=}: where the shards of a layer are, a page at a time.
 *
 * @param map in order of index
 * @param next where the map goes on: ask again with {@code from=next}; absent at the end
 */
public record ShardMap(
    Digest digest, long size, int shardSize, int shards, List<Entry> map, OptionalInt next) {

  /**
   * One shard: GET its {@code size} bytes from {@code url}, and check that they lead from {@code
   * before} to {@code after}. The state after the last shard is the SHA-256 of the layer.
   */
  public record Entry(
      int index,
      long offset,
      int size,
      String server,
      ChainState before,
      ChainState after,
      URI url) {}

  public ShardMap {
    map = List.copyOf(map);
  }
}
