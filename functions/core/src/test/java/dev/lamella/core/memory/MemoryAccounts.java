package dev.lamella.core.memory;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.port.AccountIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Accounts in memory. */
public final class MemoryAccounts implements AccountIndex {
  private final TreeMap<AccountName, Account> accounts = new TreeMap<>();
  private final Map<String, RefreshToken> tokens = new HashMap<>();

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
    long before = find(account.name()).map(Account::revision).orElse(0L);
    if (before != account.revision() - 1) {
      return false;
    }
    accounts.put(account.name(), account);
    return true;
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
    return Optional.ofNullable(tokens.get(hash));
  }
}
