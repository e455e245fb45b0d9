package dev.lamella.host.push;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.Patience;
import java.time.Duration;

/** Notices that the store makes no progress with a layer. Not thread-safe. */
final class Standstill {
  /** Asked so many times without any progress: shards may have been lost on the way. */
  private static final int SUSPICIOUS = 2;

  private final Patience patience;
  private int written = -1;
  private int times;
  private long since = System.nanoTime();

  Standstill(Patience patience) {
    this.patience = patience;
  }

  /**
   * @param now shards that are written
   * @return whether it should be told again what to do
   */
  boolean isSince(int now) {
    if (now > written) {
      written = now;
      times = 0;
      since = System.nanoTime();
    }
    times++;
    return times > SUSPICIOUS;
  }

  /**
   * @throws HostFailure {@code UNREACHABLE} where nothing has moved for too long
   */
  void pause(Digest layer) {
    Duration passed = Duration.ofNanos(System.nanoTime() - since);
    if (passed.compareTo(patience.longestStandstill()) > 0) {
      throw new HostFailure(
          ExitCode.UNREACHABLE,
          ("the store has %s of %s and has written no more for %d s:"
                  + " push again later, it goes on there")
              .formatted(Counted.of(written, "shard"), layer, passed.toSeconds()));
    }
    patience.pause(times);
  }
}
