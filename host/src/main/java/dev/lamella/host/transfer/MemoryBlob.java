package dev.lamella.host.transfer;

import java.nio.ByteBuffer;
import java.util.Optional;

/** A blob in memory, to be sent from there or fetched to there. */
public final class MemoryBlob implements BlobSource, BlobSink {
  private final byte[] bytes;

  private MemoryBlob(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param size in bytes, which the caller has bounded
   */
  public static MemoryBlob empty(long size) {
    return new MemoryBlob(new byte[Math.toIntExact(size)]);
  }

  /** These bytes, which must not change meanwhile. */
  public static MemoryBlob of(byte[] bytes) {
    return new MemoryBlob(bytes);
  }

  /** The bytes themselves. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int read(ByteBuffer into, long at) {
    if (at >= bytes.length) {
      return -1;
    }
    int length = (int) Math.min(into.remaining(), bytes.length - at);
    into.put(bytes, (int) at, length);
    return length;
  }

  @Override
  public void write(ByteBuffer from, long at) {
    from.get(bytes, Math.toIntExact(at), from.remaining());
  }

  @Override
  public Optional<BlobSource> written() {
    return Optional.of(this);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes of memory";
  }
}
