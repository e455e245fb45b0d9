package dev.lamella.core.chain;

import java.util.Objects;

/**
 * How a layer is cut: shard i holds the bytes [i × shardSize, …) of it, and only the last one may
 * be shorter. An empty layer is one empty shard.
 *
 * @param size of the layer, in bytes
 * @param shardSize in bytes, a multiple of 64, so that a SHA-256 state stands at each boundary
 */
record ChainShape(long size, int shardSize) {
  /**
   * @throws IllegalArgumentException if a size is out of its range, or if there were more shards
   *     than an int counts
   */
  ChainShape {
    if (size < 0) {
      throw new IllegalArgumentException("A layer has 0 bytes or more, not " + size);
    }
    requireShardSize(shardSize);
    if ((size - 1) / shardSize >= Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Too many shards: " + size + " bytes in shards of " + shardSize);
    }
  }

  static void requireShardSize(int shardSize) {
    if (shardSize <= 0 || shardSize % ChainHash.BLOCK != 0) {
      throw new IllegalArgumentException(
          "A shard size is a positive multiple of 64, not " + shardSize);
    }
  }

  /** Number of shards: at least 1. */
  int count() {
    return size == 0 ? 1 : (int) ((size - 1) / shardSize) + 1;
  }

  /** The position in the layer of a shard's first byte. */
  long offset(int index) {
    return Objects.checkIndex(index, count()) * (long) shardSize;
  }

  /** Bytes of one shard. */
  int length(int index) {
    return (int) Math.min(shardSize, size - offset(index));
  }

  boolean isLast(int index) {
    return Objects.checkIndex(index, count()) == count() - 1;
  }
}
