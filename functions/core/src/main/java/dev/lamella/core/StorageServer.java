package dev.lamella.core;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A storage server: an S3 bucket at any endpoint.
 *
 * @param id names it in shard records, for ever: never give an id to another bucket
 * @param endpoint where it answers, or empty for the S3 of its region
 * @param weight its share of the shards, 1 to 1000, in proportion to the others' weights
 */
public record StorageServer(
    String id, String bucket, String region, Optional<URI> endpoint, int weight, State state) {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
  private static final int HEAVIEST = 1000;

  /** What a storage server may be asked for. */
  public enum State {
    /** Takes new shards and gives stored ones. */
    ACTIVE,
    /** Gives what it has, and takes nothing new. */
    READ_ONLY,
    /** Gives what it has until its shards have been moved elsewhere. */
    DRAINING
  }

  public StorageServer {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "storage server id '" + id + "' is not 1 to 32 of a-z, 0-9 and '-'");
    }
    if (bucket.isBlank() || region.isBlank()) {
      throw new IllegalArgumentException("storage server " + id + " needs a bucket and a region");
    }
    if (weight < 1 || weight > HEAVIEST) {
      throw new IllegalArgumentException(
          "storage server " + id + " has weight " + weight + ", not 1 to " + HEAVIEST);
    }
  }
}
