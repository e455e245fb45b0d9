package dev.lamella.host.transfer;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where the bytes of one blob go that is fetched. They come at many offsets at once, and again at
 * the same ones where a try failed. Thread-safe.
 */
public interface BlobSink {
  /**
   * Takes all that remains in the buffer.
   *
   * @param at the offset in the blob, in bytes
   * @throws dev.lamella.host.outcome.HostFailure where that is not possible
   */
  void write(ByteBuffer bytes, long at);

  /** Waits until there is room for these bytes. Called once for each shard, in order. */
  default void reserve(long at, int length) {}

  /** These bytes match their link, and will not be written again. */
  default void proven(long at, int length) {}

  /** What an earlier transfer may have left here. It is believed only as far as it is proven. */
  default Optional<BlobSource> earlier() {
    return Optional.empty();
  }

  /**
   * All that was written; empty where it cannot be read again. Links prove a SHA-256: such a sink
   * has to check another digest itself.
   */
  default Optional<BlobSource> written() {
    return Optional.empty();
  }
}
