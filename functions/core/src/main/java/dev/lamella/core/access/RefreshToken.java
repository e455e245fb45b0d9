package dev.lamella.core.access;

import java.time.Instant;

/**
 * What a client keeps instead of a secret, to get tokens with. Good for as long as the secret that
 * it was made from.
 *
 * @param hash of its text, as {@link Secret#hash} makes it
 * @param secret id of the account's secret
 * @param expires not good any more
 */
public record RefreshToken(String hash, AccountName account, String secret, Instant expires) {
  /** Without the hash. */
  @Override
  public String toString() {
    return "refresh token of " + account;
  }
}
