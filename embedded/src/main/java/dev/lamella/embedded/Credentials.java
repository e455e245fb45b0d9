package dev.lamella.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** The one pair of keys that the stack's S3, DynamoDB and Lambda accept. */
public record Credentials(String accessKey, String secretKey) {

  /** The keys kept in the file, which only its owner can read; made at the first call. */
  public static Credentials in(Path file) throws IOException {
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == 2) {
        return new Credentials(lines.get(0), lines.get(1));
      }
    }
    Credentials made = new Credentials("LOCAL" + random(7), random(20));
    Files.deleteIfExists(file);
    if (Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return write(file, made);
  }

  private static Credentials write(Path file, Credentials made) throws IOException {
    Files.write(file, List.of(made.accessKey(), made.secretKey()));
    return made;
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    // DynamoDB takes only letters and digits in an access key.
    return HexFormat.of().withUpperCase().formatHex(random);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Credentials[" + accessKey + "]";
  }
}
