package dev.lamella.core.chain;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One pass over a layer that is named by its sha512, which has no states to check in parallel:
 * proves that digest, and makes the sha256 chain with which the layer's shards are verified from
 * then on. Not thread-safe.
 */
public final class SerialPass {
  private final ChainBuilder chain;
  private final MessageDigest sha512 = sha512();

  /**
   * @param shardSize in bytes, a multiple of 64
   */
  public SerialPass(ChainEngine engine, int shardSize) {
    chain = new ChainBuilder(engine, shardSize);
  }

  public void update(byte[] bytes, int offset, int length) {
    chain.update(bytes, offset, length);
    sha512.update(bytes, offset, length);
  }

  /** Takes all that remains in the buffer. */
  public void update(ByteBuffer buffer) {
    sha512.update(buffer.duplicate());
    chain.update(buffer);
  }

  /**
   * Ends this pass.
   *
   * @throws IllegalStateException when called twice
   */
  public Digests finish() {
    return new Digests(chain.finish(), HexFormat.of().formatHex(sha512.digest()));
  }

  /**
   * @param sha512 128 lower-case hexadecimal digits
   */
  public record Digests(Chain chain, String sha512) {}

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-512", e);
    }
  }
}
