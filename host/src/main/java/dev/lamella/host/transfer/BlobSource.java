package dev.lamella.host.transfer;

import java.nio.ByteBuffer;

/**
 * The bytes of one blob that is to be sent. Where they can be read at any offset and as often as
 * needed, {@link #read} is all there is to it. Where they pass by once, {@link #await} and {@link
 * #release} bound what is held of them. Thread-safe.
 *
 * <p>{@code toString} says what it is, for messages.
 */
public interface BlobSource {
  /**
   * Reads what is there at an offset; waits where nothing is there yet.
   *
   * @param into has room for at least one byte
   * @param at the offset in the blob, in bytes
   * @return bytes read, at least one; -1 where there is nothing at that offset or after it
   * @throws dev.lamella.host.outcome.HostFailure where that is not possible: it must not look like
   *     trouble with a connection, which is tried again
   */
  int read(ByteBuffer into, long at);

  /**
   * Returns when these bytes can be read without waiting. Called for each part before it is first
   * sent, in order; some thread reads all bytes in order meanwhile.
   *
   * @param at as in read
   */
  default void await(long at, int length) {}

  /** These bytes are not needed any more, unless the store takes back that it has them. */
  default void release(long at, int length) {}
}
