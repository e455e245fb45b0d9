package dev.lamella.core.identity;

import dev.lamella.core.access.TrustedKey;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key pair that tokens are signed with: RSA of 2,048 bits, since a function has to check a
 * signature within a millisecond with Java's first compiler alone.
 *
 * @param id names it in tokens; random, and never used again
 * @param privateKey in PKCS #8 form, in base64; a secret
 * @param publicKey in X.509 form, in base64
 */
public record SigningKey(String id, String privateKey, String publicKey, Instant created) {
  /** After this another one signs. */
  static final Duration LIFE = Duration.ofDays(30);

  /** Time for its last tokens to end. */
  private static final Duration AFTERLIFE = Duration.ofHours(1);

  private static final String ALGORITHM = "RSA";
  private static final int BITS = 2048;
  private static final int ID_BYTES = 16;

  static SigningKey make(Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
      SecureRandom random = new SecureRandom();
      generator.initialize(BITS, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] id = new byte[ID_BYTES];
      random.nextBytes(id);
      return new SigningKey(
          HexFormat.of().formatHex(id), base64(pair.getPrivate()), base64(pair.getPublic()), now);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has RSA", e);
    }
  }

  TrustedKey trusted() {
    return new TrustedKey(id, publicKey, created, created.plus(LIFE).plus(AFTERLIFE));
  }

  boolean isOld(Instant now) {
    return !now.isBefore(created.plus(LIFE));
  }

  /** Whether the public key is that of the private one: else nobody could check what it signs. */
  boolean isPair() {
    try {
      return key() instanceof RSAPrivateCrtKey own
          && publicKey.equals(
              base64(
                  KeyFactory.getInstance(ALGORITHM)
                      .generatePublic(
                          new RSAPublicKeySpec(own.getModulus(), own.getPublicExponent()))));
    } catch (GeneralSecurityException | IllegalStateException _) {
      return false;
    }
  }

  private static String base64(Key key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  /**
   * @throws IllegalStateException where it is no key
   */
  public PrivateKey key() {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException("the signing key " + id + " is no RSA key", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "signing key " + id;
  }
}
