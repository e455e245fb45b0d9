package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The digest of a blob by one pass over it, in order. Not thread-safe. */
public final class SerialDigest {
  private static final int BUFFER = 256 << 10;

  private final Algorithm algorithm;
  private final MessageDigest hash;

  SerialDigest(Algorithm algorithm) {
    this.algorithm = algorithm;
    this.hash = algorithm.start();
  }

  /**
   * Where the source ends before its length, it is the digest of what there is.
   *
   * @param length in bytes
   */
  public static Digest of(Algorithm algorithm, BlobSource source, long length) {
    SerialDigest digest = new SerialDigest(algorithm);
    byte[] buffer = new byte[(int) Math.clamp(length, 1, BUFFER)];
    for (long at = 0; at < length; ) {
      int wanted = (int) Math.min(buffer.length, length - at);
      int read = source.read(ByteBuffer.wrap(buffer, 0, wanted), at);
      if (read < 0) {
        break;
      }
      digest.update(buffer, 0, read);
      at += read;
    }
    return digest.finish();
  }

  void update(byte[] bytes, int offset, int length) {
    hash.update(bytes, offset, length);
  }

  Digest finish() {
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }
}
