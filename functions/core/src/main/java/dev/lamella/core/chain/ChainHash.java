package dev.lamella.core.chain;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A running SHA-256 that shows its chaining value at every multiple of 64 bytes. Not thread-safe.
 */
public final class ChainHash {
  /** Bytes of one SHA-256 block: states exist only at its multiples. */
  public static final int BLOCK = 64;

  private static final int COPY_SIZE = 64 << 10;

  private final Sha256 sha256;
  private long count;
  private boolean finished;

  ChainHash(Sha256 sha256, long count) {
    this.sha256 = sha256;
    this.count = count;
  }

  /**
   * @throws IllegalStateException after {@link #finish}
   * @throws IndexOutOfBoundsException if the range is not within the array
   */
  public void update(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    requireOpen();
    sha256.update(bytes, offset, length);
    count += length;
  }

  /** Takes all that remains in the buffer and leaves its position at its limit. */
  public void update(ByteBuffer buffer) {
    if (buffer.hasArray()) {
      update(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
      buffer.position(buffer.limit());
      return;
    }
    byte[] copy = new byte[Math.min(buffer.remaining(), COPY_SIZE)];
    while (buffer.hasRemaining()) {
      int length = Math.min(buffer.remaining(), copy.length);
      buffer.get(copy, 0, length);
      update(copy, 0, length);
    }
  }

  /**
   * Takes what remains in the buffer, but no more than up to the next boundary of shards.
   *
   * @param shardSize in bytes, a multiple of 64
   * @return whether the boundary is reached, so that there is a state to be noted
   */
  public boolean updateToBoundary(ByteBuffer buffer, int shardSize) {
    int end = buffer.limit();
    long left = shardSize - count % shardSize;
    buffer.limit(buffer.position() + (int) Math.min(left, buffer.remaining()));
    update(buffer);
    buffer.limit(end);
    return count % shardSize == 0;
  }

  /** Bytes hashed from the start of the layer on, those before a resume included. */
  public long count() {
    return count;
  }

  /**
   * The chaining value after {@link #count} bytes; updates may go on after it.
   *
   * @throws IllegalStateException unless the count is a multiple of 64, or after {@link #finish}
   */
  public ChainState state() {
    requireOpen();
    if (count % BLOCK != 0) {
      throw new IllegalStateException(
          "SHA-256 has a state only at multiples of 64 bytes, not after " + count);
    }
    return sha256.state();
  }

  /**
   * The digest of all {@link #count} bytes. Ends this hash.
   *
   * @throws IllegalStateException when called twice
   */
  public ChainState finish() {
    requireOpen();
    finished = true;
    return sha256.digest();
  }

  private void requireOpen() {
    if (finished) {
      throw new IllegalStateException("This hash is finished: start or resume another");
    }
  }
}
