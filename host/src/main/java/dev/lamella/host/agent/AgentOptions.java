package dev.lamella.host.agent;

import dev.lamella.host.store.Retries;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * How an agent works.
 *
 * @param listen where clients reach it; port 0 takes any that is free
 * @param store its URL
 * @param connections for parts and shards, over all transfers
 * @param memory bytes of layers held at most, over all transfers
 * @param retries of requests to the store and to storage servers
 * @param patience for so long a client may neither send nor take anything, and an upload may be
 *     without a request
 */
public record AgentOptions(
    InetSocketAddress listen,
    URI store,
    int connections,
    long memory,
    Retries retries,
    Duration patience) {

  /** The most that is of use: from there on, connections are the limit. */
  private static final long MOST_MEMORY = 512L << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** With half of what Java may have, for layers. */
  public static AgentOptions of(InetSocketAddress listen, URI store, int connections) {
    long memory = Math.min(MOST_MEMORY, Runtime.getRuntime().maxMemory() / 2);
    return new AgentOptions(listen, store, connections, memory, Retries.DEFAULT, PATIENCE);
  }
}
