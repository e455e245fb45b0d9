package dev.lamella.core.identity;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds what wrong secrets cost. Secrets cannot be guessed, so nothing is locked, which would keep
 * out the account's owner; but each try reads the account. Of a name that fails again and again,
 * this process remembers for a second what the account was, and refuses by that alone. Nobody signs
 * in by what is remembered.
 */
final class FailedSignIns {
  /** As many in a row are read as they come: people and machines err. */
  private static final int FREE = 10;

  private static final Duration IN_A_ROW = Duration.ofSeconds(10);
  private static final Duration REMEMBERED = Duration.ofSeconds(1);
  private static final int MOST_NAMES = 1_000;

  private final Map<AccountName, Failed> names =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AccountName, Failed> eldest) {
          return size() > MOST_NAMES;
        }
      };

  /**
   * @param account as it was read then
   */
  private record Failed(int times, Instant read, Optional<Account> account) {}

  /** Whether it is known, without reading the account, that this is no secret of it. */
  synchronized boolean isKnown(AccountName name, String secret, Instant now) {
    Failed failed = names.get(name);
    return failed != null
        && failed.times() >= FREE
        && isWithin(REMEMBERED, failed.read(), now)
        && failed.account().flatMap(account -> account.secret(secret, now)).isEmpty();
  }

  /** Notes that a secret is wrong, as the account was read. */
  synchronized void note(AccountName name, Optional<Account> read, Instant now) {
    int before =
        Optional.ofNullable(names.remove(name))
            .filter(failed -> isWithin(IN_A_ROW, failed.read(), now))
            .map(Failed::times)
            .orElse(0);
    names.put(name, new Failed(before + 1, now, read));
  }

  private static boolean isWithin(Duration time, Instant since, Instant now) {
    return !now.isBefore(since) && now.isBefore(since.plus(time));
  }
}
