package dev.lamella.core;

import static dev.lamella.core.Quoted.quoted;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a blob: an algorithm and the hash of the content in lower-case hex (OCI Image
 * Specification, "Digests").
 */
public record Digest(Algorithm algorithm, String hex) {
  private static final Pattern HEX = Pattern.compile("[a-f0-9]*");

  /** The registered algorithms of the OCI Image Specification. */
  public enum Algorithm {
    SHA256("sha256", 64, "SHA-256"),
    SHA512("sha512", 128, "SHA-512");

    private final String prefix;
    private final int hexLength;
    private final String javaName;

    Algorithm(String prefix, int hexLength, String javaName) {
      this.prefix = prefix;
      this.hexLength = hexLength;
      this.javaName = javaName;
    }

    /**
     * @throws Refusal {@code DIGEST_INVALID} for anything but {@code sha256} or {@code sha512}
     */
    public static Algorithm parse(String prefix) {
      for (Algorithm algorithm : values()) {
        if (algorithm.prefix.equals(prefix)) {
          return algorithm;
        }
      }
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "a digest is of the algorithm sha256 or sha512, not " + quoted(prefix));
    }

    /** The name in a digest, such as {@code sha256}; also the directory of an OCI image layout. */
    public String prefix() {
      return prefix;
    }

    /** A hash of no bytes yet. */
    public MessageDigest start() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no " + javaName, e);
      }
    }
  }

  public Digest {
    if (hex.length() != algorithm.hexLength || !HEX.matcher(hex).matches()) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "a "
              + algorithm.prefix
              + " digest is "
              + algorithm.hexLength
              + " lower-case hex digits, not "
              + quoted(hex));
    }
  }

  /**
   * @throws Refusal {@code DIGEST_INVALID} for anything but {@code sha256:} or {@code sha512:} and
   *     its hex digits
   */
  public static Digest parse(String text) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (text.startsWith(algorithm.prefix + ":")) {
        return new Digest(algorithm, text.substring(algorithm.prefix.length() + 1));
      }
    }
    throw new Refusal(
        ErrorCode.DIGEST_INVALID,
        "a digest begins with sha256: or sha512:, unlike " + quoted(text));
  }

  /** The digest that these bytes have. */
  public static Digest of(Algorithm algorithm, byte[] bytes) {
    return new Digest(algorithm, HexFormat.of().formatHex(algorithm.start().digest(bytes)));
  }

  public static Digest sha256(byte[] hash) {
    return new Digest(Algorithm.SHA256, HexFormat.of().formatHex(hash));
  }

  public static Digest sha512(byte[] hash) {
    return new Digest(Algorithm.SHA512, HexFormat.of().formatHex(hash));
  }

  /** The digest as the specification writes it: {@code sha256:…}. */
  @Override
  public String toString() {
    return algorithm.prefix + ":" + hex;
  }
}
