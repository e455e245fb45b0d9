package dev.lamella.embedded;

import java.time.Duration;

/**
 * How far away S3 seems.
 *
 * @param bandwidth bytes a second of each connection, in each direction; 0 for no limit
 * @param latency of each request, before it reaches S3
 */
public record Shaping(long bandwidth, Duration latency) {
  /** S3 as near as the loopback. */
  public static final Shaping NONE = new Shaping(0, Duration.ZERO);

  public Shaping {
    if (bandwidth < 0) {
      throw new IllegalArgumentException("bandwidth must not be negative: " + bandwidth);
    }
    if (latency.isNegative()) {
      throw new IllegalArgumentException("latency must not be negative: " + latency);
    }
  }

  /** Whether there is nothing to shape. */
  public boolean isNone() {
    return equals(NONE);
  }
}
