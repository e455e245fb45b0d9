package dev.lamella.host.image;

import dev.lamella.core.Digest;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Digests of bytes, and of regions of files. */
public final class Hashes {
  private static final int BUFFER = 256 << 10;

  private Hashes() {}

  public static Digest digest(Digest.Algorithm algorithm, byte[] bytes) {
    return of(algorithm, algorithm.start().digest(bytes));
  }

  /**
   * Reads the region once, in order. Where the file ends before the region does, it is the digest
   * of what there is.
   *
   * @param offset in bytes, as is length
   */
  public static Digest digest(
      Digest.Algorithm algorithm, FileChannel channel, Path file, long offset, long length) {
    MessageDigest hash = algorithm.start();
    byte[] buffer = new byte[(int) Math.clamp(length, 1, BUFFER)];
    try {
      for (long at = 0; at < length; ) {
        int wanted = (int) Math.min(buffer.length, length - at);
        int read = channel.read(ByteBuffer.wrap(buffer, 0, wanted), offset + at);
        if (read < 0) {
          break;
        }
        hash.update(buffer, 0, read);
        at += read;
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
    return of(algorithm, hash.digest());
  }

  private static Digest of(Digest.Algorithm algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }
}
