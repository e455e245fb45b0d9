package dev.lamella.local.demo;

import dev.lamella.core.Digest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.source.SourceImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;

/**
 * Whether what was pulled is what was pushed, found out by the JDK's own hashing and by nothing of
 * Lamella's.
 */
public final class Comparison {
  private Comparison() {}

  /**
   * Hashes every blob of the image in an image layout.
   *
   * @return how many were compared
   * @throws IOException naming the first that is missing
   * @throws HostFailure naming the first that differs
   */
  public static int check(SourceImage pushed, Path layout) throws IOException {
    Set<Digest> digests = pushed.blobs().keySet();
    for (Digest digest : digests) {
      Path blob =
          layout.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex());
      if (!hash(digest.algorithm(), blob).equals(digest.hex())) {
        throw new HostFailure(ExitCode.WRONG_CONTENT, "blob " + digest + " came back different");
      }
    }
    return digests.size();
  }

  private static String hash(Digest.Algorithm algorithm, Path file) throws IOException {
    MessageDigest hash = algorithm.start();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), hash)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(hash.digest());
  }
}
