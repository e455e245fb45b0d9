package dev.lamella.core.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A secret as it is kept: by its hash. It has 256 random bits, so no slow hash is needed.
 *
 * @param id names it, and tells nothing of it
 * @param hash SHA-256 of its text, in hexadecimal digits
 * @param expires empty for never
 */
public record Secret(String id, String hash, Instant created, Optional<Instant> expires) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final int ID_BYTES = 4;

  /**
   * A secret that was just made, and its text, which is kept nowhere.
   *
   * @param text {@code prefix}, then 43 letters, digits, {@code -} and {@code _}
   */
  public record Made(String text, Secret secret) {
    /** Without the text. */
    @Override
    public String toString() {
      return secret.toString();
    }
  }

  /**
   * @param prefix by which people and scanners for secrets know what it is
   */
  public static Made make(String prefix, Instant now, Optional<Instant> expires) {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    byte[] id = new byte[ID_BYTES];
    RANDOM.nextBytes(id);
    String text = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    return new Made(text, new Secret(HexFormat.of().formatHex(id), hash(text), now, expires));
  }

  /** Whether a text has the form of those that {@link #make} makes. */
  public static boolean isForm(String prefix, String text) {
    return text.startsWith(prefix)
        && FORM.matcher(text).region(prefix.length(), text.length()).matches();
  }

  public static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether that is its text. Takes as long for any text of the same length. */
  public boolean matches(String text) {
    return MessageDigest.isEqual(
        hash(text).getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  public boolean isGood(Instant now) {
    return expires.isEmpty() || now.isBefore(expires.get());
  }

  /** Without the hash. */
  @Override
  public String toString() {
    return "secret " + id;
  }
}
