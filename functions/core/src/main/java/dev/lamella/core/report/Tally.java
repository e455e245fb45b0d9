package dev.lamella.core.report;

/**
 * What was looked at, what it cost, and what was wrong.
 *
 * @param shards that were looked at
 * @param bytes that were read from storage servers
 * @param requests to storage servers
 * @param damaged copies that are missing or wrong
 * @param unread copies that could not be looked at
 */
public record Tally(long shards, long bytes, long requests, long damaged, long unread) {
  public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0);

  public Tally plus(Tally more) {
    return new Tally(
        shards + more.shards,
        bytes + more.bytes,
        requests + more.requests,
        damaged + more.damaged,
        unread + more.unread);
  }
}
