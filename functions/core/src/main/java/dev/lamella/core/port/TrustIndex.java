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
  Trust read();

  /** Idempotent. Kept at least until it is not trusted any more. */
  void add(TrustedKey key);

  /** Idempotent. */
  void remove(String key);

  /**
   * Ends the tokens that an account was given until now. Idempotent.
   *
   * @param until tokens of that account expire at the latest: what is noted is kept until then
   */
  void end(AccountName account, Instant now, Instant until);
}
