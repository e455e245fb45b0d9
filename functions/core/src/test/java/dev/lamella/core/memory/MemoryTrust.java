package dev.lamella.core.memory;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.port.TrustIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What is trusted, over maps. */
public class MemoryTrust implements TrustIndex {
  private final Map<String, TrustedKey> keys = new HashMap<>();
  private final Map<AccountName, Ended> ended = new HashMap<>();
  private final InstantSource clock;

  private record Ended(Instant before, Instant until) {
    Ended or(Ended other) {
      return new Ended(later(before, other.before), later(until, other.until));
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }

  /** Where no time passes: nothing is past its time. */
  public MemoryTrust() {
    this(() -> Instant.MIN);
  }

  public MemoryTrust(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Trust read() {
    Instant now = clock.instant();
    return new Trust(
        keys.values().stream()
            .filter(key -> now.isBefore(key.until()))
            .collect(Collectors.toMap(TrustedKey::id, key -> key)),
        ended.entrySet().stream()
            .filter(entry -> now.isBefore(entry.getValue().until()))
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().before())));
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
    ended.merge(account, new Ended(now, until), Ended::or);
  }
}
