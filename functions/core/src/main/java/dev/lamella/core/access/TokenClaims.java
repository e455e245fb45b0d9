package dev.lamella.core.access;

import java.time.Instant;
import java.util.Optional;

/**
 * What a token says.
 *
 * @param id another for each token
 * @param limits of the account; empty where it has none
 * @param expires not in it any more
 */
public record TokenClaims(
    String id,
    AccountName account,
    Access access,
    Optional<Limits> limits,
    Instant issued,
    Instant expires) {
  /** Who comes with such a token. */
  public Caller caller() {
    return new Caller(account.value(), access, limits);
  }
}
