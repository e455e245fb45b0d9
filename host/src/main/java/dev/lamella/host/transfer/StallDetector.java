package dev.lamella.host.transfer;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.Retrier;
import java.time.Duration;

/** Notices that the store makes no progress with a blob. Not thread-safe. */
final class StallDetector {
  /** Asked so many times without any progress: shards may have been lost on the way. */
  private static final int SUSPICIOUS = 2;

  private final Retrier retrier;
  private int written = -1;
  private int times;
  private long since = System.nanoTime();

  StallDetector(Retrier retrier) {
    this.retrier = retrier;
  }

  /**
   * @param now shards that are written
   * @return whether it should be told again what to do
   */
  boolean isStalled(int now) {
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
  void pause(Digest blob) {
    Duration passed = Duration.ofNanos(System.nanoTime() - since);
    if (passed.compareTo(retrier.longestStandstill()) > 0) {
      throw new HostFailure(
          ExitCode.UNREACHABLE,
          ("the store has %s of %s and has written no more for %d s:"
                  + " push again later, it goes on there")
              .formatted(Counted.of(written, "shard"), blob, passed.toSeconds()));
    }
    retrier.pause(times);
  }
}
