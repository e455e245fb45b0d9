package dev.lamella.local.http;

import java.time.Duration;

/**
 * How long a client may keep a server waiting: honest ones, which are on the loopback address, come
 * nowhere near.
 *
 * @param head from the start of a connection, or the end of the request before, until a request's
 *     head is there whole
 * @param body without a byte of the body; and how much later it may be than {@link #SLOWEST} says
 * @param waiting connections that may be without a request: of more, the one that waits longest is
 *     ended
 * @param connections in all: more are not taken until another ends
 */
record Limits(Duration head, Duration body, int waiting, int connections) {
  static final Limits USUAL =
      new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30), 1_000, 2_000);

  /** Bytes of a body a second. */
  static final long SLOWEST = 16_000;

  Limits {
    if (head.isNegative() || body.isNegative() || waiting < 1 || connections <= waiting) {
      throw new IllegalArgumentException("such limits let no client in");
    }
  }
}
