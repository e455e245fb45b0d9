package dev.lamella.core.port;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import java.time.Instant;

/**
 * What tokens are checked against. All functions behind the API read it; only {@code identity} may
 * write it. Reads what was last written.
 */
public interface TrustIndex {
  /** Without what is past its time, however long that is still stored. */
  Trust read();

  /** Idempotent. Read until it is not trusted any more. */
  void add(TrustedKey key);

  /** Idempotent. */
  void remove(String key);

  /**
   * Ends the tokens that an account was given until now. Idempotent; calls may come in any order:
   * the latest {@code now} counts, and is read until the latest {@code until}.
   *
   * @param until tokens of that account expire at the latest
   */
  void end(AccountName account, Instant now, Instant until);
}
