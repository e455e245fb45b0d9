package dev.lamella.core;

import static dev.lamella.core.Quoted.quoted;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names one upload and the shards that it wrote. Not the digest: shards are written before a digest
 * is proven, and two racing uploads of one digest must never touch each other's objects. 128 random
 * bits in hex, so it cannot be guessed.
 */
public record LayerId(String value) {
  private static final Pattern GRAMMAR = Pattern.compile("[a-f0-9]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}: what cannot be an id names no upload
   */
  public LayerId {
    if (!GRAMMAR.matcher(value).matches()) {
      throw new Refusal(ErrorCode.BLOB_UPLOAD_UNKNOWN, "there is no upload " + quoted(value));
    }
  }

  public static LayerId random() {
    byte[] bits = new byte[16];
    RANDOM.nextBytes(bits);
    return new LayerId(HexFormat.of().formatHex(bits));
  }

  @Override
  public String toString() {
    return value;
  }
}
