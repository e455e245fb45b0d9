package dev.lamella.core.memory;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.port.TrustIndex;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What is trusted, in memory. */
public class MemoryTrust implements TrustIndex {
  private final Map<String, TrustedKey> keys = new HashMap<>();
  private final Map<AccountName, Instant> ended = new HashMap<>();

  @Override
  public synchronized Trust read() {
    return new Trust(keys, ended);
  }

  @Override
  public synchronized void add(TrustedKey key) {
    keys.put(key.id(), key);
  }

  @Override
  public synchronized void remove(String key) {
    keys.remove(key);
  }

  @Override
  public synchronized void end(AccountName account, Instant now, Instant until) {
    ended.merge(account, now, (one, two) -> one.isAfter(two) ? one : two);
  }
}
