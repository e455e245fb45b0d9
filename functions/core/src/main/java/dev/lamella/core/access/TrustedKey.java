package dev.lamella.core.access;

import java.time.Instant;

/**
 * A public key that tokens of this store may be signed with.
 *
 * @param key in X.509 form, as Java encodes it
 * @param until not trusted any more
 */
@SuppressWarnings("ArrayRecordComponent") // Looked up by its id, and never compared.
public record TrustedKey(String id, byte[] key, Instant created, Instant until) {
  public TrustedKey {
    key = key.clone();
  }

  /** A copy. */
  @Override
  public byte[] key() {
    return key.clone();
  }
}
