package dev.lamella.core.chain;

import dev.lamella.core.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA512Digest;

/**
 * How far the SHA-512 of a layer has come whose bytes arrive in chunks: all that is needed to go on
 * with the next chunk, in another process. Kept in the standard's terms only; the library, which
 * unlike Java's own says its state, has the eight words of it at one place of its encoding.
 */
public final class PausedSha512 {
  private static final int BLOCK = 128;
  private static final int STATE = 64;

  /** In the library's encoding. */
  private static final int COUNT_AT = 12;

  private static final int STATE_AT = 28;

  /** Before the first byte. */
  public static final PausedSha512 START =
      new PausedSha512(0, stateOf(new SHA512Digest()), new byte[0]);

  private final long count;
  private final byte[] state;
  private final byte[] pending;

  private PausedSha512(long count, byte[] state, byte[] pending) {
    this.count = count;
    this.state = state;
    this.pending = pending;
  }

  /**
   * As it was kept.
   *
   * @param count bytes so far
   * @param state after the whole blocks of 128 bytes among them: eight big-endian words
   * @param pending the up to 127 bytes since
   * @throws IllegalArgumentException where these do not go together
   */
  public static PausedSha512 of(long count, byte[] state, byte[] pending) {
    if (count < 0 || state.length != STATE || pending.length != count % BLOCK) {
      throw new IllegalArgumentException(pending.length + " bytes pending after " + count);
    }
    return new PausedSha512(count, state.clone(), pending.clone());
  }

  /** After another chunk. */
  public PausedSha512 advance(byte[] chunk) {
    long end = count + chunk.length;
    SHA512Digest digest = resume();
    digest.update(chunk, 0, chunk.length);
    int left = (int) (end % BLOCK);
    byte[] rest = new byte[left];
    int ofChunk = Math.min(left, chunk.length);
    System.arraycopy(pending, 0, rest, 0, left - ofChunk);
    System.arraycopy(chunk, chunk.length - ofChunk, rest, left - ofChunk, ofChunk);
    return new PausedSha512(end, stateOf(digest), rest);
  }

  /** Of all bytes so far. */
  public Digest digest() {
    byte[] bytes = new byte[STATE];
    resume().doFinal(bytes, 0);
    return Digest.sha512(bytes);
  }

  private SHA512Digest resume() {
    byte[] encoded = new SHA512Digest().getEncodedState();
    ByteBuffer.wrap(encoded).putLong(COUNT_AT, count - pending.length).put(STATE_AT, state);
    SHA512Digest digest = new SHA512Digest(encoded);
    digest.update(pending, 0, pending.length);
    return digest;
  }

  private static byte[] stateOf(SHA512Digest digest) {
    return Arrays.copyOfRange(digest.getEncodedState(), STATE_AT, STATE_AT + STATE);
  }

  /** The standard's state: eight big-endian words. A copy. */
  public byte[] state() {
    return state.clone();
  }

  /** A copy. */
  public byte[] pending() {
    return pending.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PausedSha512 that
        && count == that.count
        && Arrays.equals(state, that.state)
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(count) + Arrays.hashCode(state);
  }

  @Override
  public String toString() {
    return "PausedSha512[" + count + " bytes]";
  }
}
