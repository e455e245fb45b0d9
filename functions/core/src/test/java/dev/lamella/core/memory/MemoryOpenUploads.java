package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Limits;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.upload.Admission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What accounts have open, over a map. */
public final class MemoryOpenUploads implements OpenUploads {
  private final Map<String, Held> accounts = new HashMap<>();

  /** Whoever it is, and whatever it is, there is room. */
  public static Admission roomForAll(UploadIndex uploads, InstantSource clock) {
    Allowance all =
        new Allowance(
            Slicing.LARGEST_LAYER, Limits.MOST_UPLOADS, Long.MAX_VALUE, Integer.MAX_VALUE);
    return new Admission(new MemoryOpenUploads(), uploads, all, Duration.ofHours(1), clock);
  }

  @Override
  public synchronized Held of(String account) {
    return accounts.getOrDefault(account, Held.NOTHING);
  }

  @Override
  public synchronized Optional<Held> take(
      String account, Places places, Allowance most, Instant until) {
    Held held = of(account);
    if (held.has(places.id())) {
      return Optional.of(held);
    }
    if (!held.hasRoom(places, most)) {
      return Optional.empty();
    }
    long minute = OpenUploads.minute(places.since());
    int begun = held.begunIn(minute) + places.uploads();
    List<Places> more = new ArrayList<>(held.places());
    more.add(places);
    Held after = new Held(more, Math.max(minute, held.minute()), begun, held.kept());
    accounts.put(account, after);
    return Optional.of(after);
  }

  @Override
  public synchronized boolean grow(String account, Places before, Places after, long mostBytes) {
    Held held = of(account);
    if (held.places().contains(after)) {
      return true;
    }
    if (!held.places().contains(before)
        || held.bytes() - before.allBytes() + after.allBytes() > mostBytes) {
      return false;
    }
    List<Places> changed =
        held.places().stream().map(some -> some.equals(before) ? after : some).toList();
    accounts.put(account, new Held(changed, held.minute(), held.begun(), held.kept()));
    return true;
  }

  @Override
  public synchronized void drop(String account, Held seen, Set<LayerId> gone) {
    Held held = of(account);
    List<Places> left =
        held.places().stream()
            .flatMap(
                some ->
                    seen.places().contains(some)
                        ? some.without(gone).stream()
                        : Optional.of(some).stream())
            .toList();
    accounts.put(
        account, new Held(left, held.minute(), held.begun(), seen.without(gone).uploads()));
  }
}
