package dev.lamella.core.chain;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A SHA-256 chaining value: the eight 32-bit words of FIPS 180-4 (section 6.2), big-endian, 32
 * bytes in all. The state after a layer's last shard is the layer's sha256 digest itself.
 */
public final class ChainState {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /** H(0) of FIPS 180-4, section 5.3.3: the state before a layer's first byte. */
  public static final ChainState INITIAL =
      ofHex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19");

  private final byte[] bytes;

  private ChainState(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws IllegalArgumentException unless there are 32 bytes
   */
  public static ChainState of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "A chain state has " + LENGTH + " bytes, not " + bytes.length);
    }
    return new ChainState(bytes.clone());
  }

  /**
   * @throws IllegalArgumentException unless it is 64 lower-case hexadecimal digits
   */
  public static ChainState ofHex(String hex) {
    if (hex.length() != 2 * LENGTH || !hex.chars().allMatch(ChainState::isLowerCaseHex)) {
      throw new IllegalArgumentException(
          "A chain state is 64 lower-case hexadecimal digits, not " + excerpt(hex));
    }
    return new ChainState(HexFormat.of().parseHex(hex));
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChainState that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }

  private static boolean isLowerCaseHex(int character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
  }

  /** What came is somebody else's text: it may be long. */
  private static String excerpt(String text) {
    return text.length() <= 2 * LENGTH
        ? "\"" + text + "\""
        : "a text of " + text.length() + " characters";
  }
}
