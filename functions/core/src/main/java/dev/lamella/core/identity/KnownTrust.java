package dev.lamella.core.identity;

import dev.lamella.core.access.Trust;
import dev.lamella.core.port.TrustIndex;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What tokens are checked against, as it was at most five seconds ago. So a check costs no call as
 * a rule, and what ends a token reaches every function within that time.
 */
public final class KnownTrust {
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final TrustIndex index;
  private final InstantSource clock;
  private Optional<Read> last = Optional.empty();

  public KnownTrust(TrustIndex index, InstantSource clock) {
    this.index = index;
    this.clock = clock;
  }

  /**
   * @throws dev.lamella.core.Unavailable where it is older, and cannot be read: no token is good
   *     then
   */
  public Trust read() {
    Instant now = clock.instant();
    Optional<Read> known = last();
    if (known.filter(read -> read.isFresh(now)).isPresent()) {
      return known.get().trust();
    }
    return again();
  }

  /** Reads it again, however fresh it is. */
  Trust again() {
    // The time before the reading: it is at least as new as that.
    Read read = new Read(clock.instant(), index.read());
    synchronized (this) {
      last = Optional.of(read);
    }
    return read.trust();
  }

  private synchronized Optional<Read> last() {
    return last;
  }

  private record Read(Instant at, Trust trust) {
    boolean isFresh(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(FRESH));
    }
  }
}
