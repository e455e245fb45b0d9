package dev.lamella.core.memory;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.port.AccountIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Accounts over a map. */
public final class MemoryAccounts implements AccountIndex {
  private final TreeMap<AccountName, Account> accounts = new TreeMap<>();
  private final Map<String, RefreshToken> tokens = new HashMap<>();
  private final InstantSource clock;

  /** Where no time passes: nothing expires. */
  public MemoryAccounts() {
    this(() -> Instant.MIN);
  }

  public MemoryAccounts(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Optional<Account> find(AccountName name) {
    return Optional.ofNullable(accounts.get(name));
  }

  @Override
  public synchronized List<Account> list(Optional<AccountName> last, int limit) {
    return last.map(name -> accounts.tailMap(name, false)).orElse(accounts).values().stream()
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean save(Account account) {
    Optional<Account> before = find(account.name());
    boolean isNext =
        account.revision() == 1
            ? before.isEmpty()
            : before
                .filter(
                    stored ->
                        stored.revision() == account.revision() - 1
                            && stored.created().equals(account.created()))
                .isPresent();
    if (isNext) {
      accounts.put(account.name(), account);
    }
    return isNext;
  }

  @Override
  public synchronized boolean remove(AccountName name) {
    return accounts.remove(name) != null;
  }

  @Override
  public synchronized void save(RefreshToken token) {
    tokens.put(token.hash(), token);
  }

  @Override
  public synchronized Optional<RefreshToken> refreshToken(String hash) {
    return Optional.ofNullable(tokens.get(hash))
        .filter(token -> clock.instant().isBefore(token.expires()));
  }
}
