package dev.lamella.core;

/**
 * How a layer is cut: shard i is its bytes [i × shardSize, …). All shards but the last have the
 * shard size; an empty layer is one empty shard, so that every layer has a last one.
 *
 * @param size bytes of the layer
 * @param shardSize bytes of a shard: a multiple of 64 (the SHA-256 block, so that a state exists at
 *     each boundary)
 */
public record Slicing(long size, int shardSize) {
  /** S3 assembles at most this many shards by UploadPartCopy. */
  public static final int MOST_SHARDS = 10_000;

  /** S3 assembles no smaller shards by UploadPartCopy. */
  public static final int SMALLEST_SHARD = 5 << 20;

  /** A shard-writer holds a whole shard until its link is proven: this much fits its memory. */
  public static final int LARGEST_SHARD = 128 << 20;

  /** The largest layer: 10,000 shards of 128 MiB, about 1.2 TiB. */
  public static final long LARGEST_LAYER = (long) MOST_SHARDS * LARGEST_SHARD;

  private static final int BLOCK = 64;
  private static final int STEP = 1 << 20;

  public Slicing {
    if (size < 0) {
      throw new Refusal(ErrorCode.SIZE_INVALID, "a layer of " + size + " bytes cannot be");
    }
    requireShardSize(shardSize);
    if (countOf(size, shardSize) > MOST_SHARDS) {
      throw new IllegalArgumentException(size + " bytes make over 10,000 shards of " + shardSize);
    }
  }

  /**
   * The slicing of a layer by the preferred shard size, or by the smallest whole MiB above it that
   * keeps the layer within 10,000 shards.
   *
   * @throws Refusal {@code SIZE_INVALID} for a negative size, or one over {@link #LARGEST_LAYER}
   */
  public static Slicing of(long size, int preferredShardSize) {
    if (size > LARGEST_LAYER) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID, "a layer has at most " + LARGEST_LAYER + " bytes, not " + size);
    }
    if (size <= 0 || countOf(size, preferredShardSize) <= MOST_SHARDS) {
      return new Slicing(size, preferredShardSize);
    }
    long least = Math.ceilDiv(size, (long) MOST_SHARDS);
    return new Slicing(size, Math.toIntExact(Math.ceilDiv(least, (long) STEP) * STEP));
  }

  /**
   * @throws IllegalArgumentException unless it is a positive multiple of 64
   */
  public static void requireShardSize(int shardSize) {
    if (shardSize <= 0 || shardSize % BLOCK != 0) {
      throw new IllegalArgumentException(
          "a shard size is a positive multiple of 64, not " + shardSize);
    }
  }

  /**
   * For lists that have something for each shard.
   *
   * @throws Refusal {@code SIZE_INVALID} where one has more than there can be
   */
  public static void requireList(String name, int size) {
    if (size > MOST_SHARDS) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID,
          "the list '%s' has at most %d entries, as many as a layer has shards, not %d"
              .formatted(name, MOST_SHARDS, size));
    }
  }

  /** Shards of the layer: 1 to 10,000. */
  public int count() {
    return Math.toIntExact(countOf(size, shardSize));
  }

  public boolean has(int index) {
    return index >= 0 && index < count();
  }

  public boolean isLast(int index) {
    return index == count() - 1;
  }

  /** Where the shard begins in the layer, in bytes. */
  public long offset(int index) {
    return (long) checked(index) * shardSize;
  }

  /** Bytes of the shard: the shard size, or what is left for the last one. */
  public int length(int index) {
    return (int) Math.min(shardSize, size - offset(index));
  }

  private int checked(int index) {
    if (!has(index)) {
      throw new IndexOutOfBoundsException("shard " + index + " of " + count());
    }
    return index;
  }

  private static long countOf(long size, int shardSize) {
    return Math.max(1, Math.ceilDiv(size, (long) shardSize));
  }
}
