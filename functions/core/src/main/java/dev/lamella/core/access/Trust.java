package dev.lamella.core.access;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What decides whether a token is good.
 *
 * @param keys by their ids
 * @param ended accounts whose tokens from before that time are good no more
 */
public record Trust(Map<String, TrustedKey> keys, Map<AccountName, Instant> ended) {
  public Trust {
    keys = Map.copyOf(keys);
    ended = Map.copyOf(ended);
  }

  public Optional<TrustedKey> key(String id, Instant now) {
    return Optional.ofNullable(keys.get(id)).filter(key -> now.isBefore(key.until()));
  }

  public boolean isEnded(TokenClaims claims) {
    Instant before = ended.get(claims.account());
    return before != null && !claims.issued().isAfter(before);
  }
}
