package dev.lamella.core.report;

import dev.lamella.core.Digest;

/**
 * Something wrong with a copy of a shard of a layer.
 *
 * @param index of the shard
 * @param server the storage server that its record names; empty where the shard has no record
 * @param key its position there; empty where the shard has no record
 * @param why for people
 */
public record Finding(Digest digest, int index, Kind kind, String server, String key, String why) {

  /** What is wrong. */
  public enum Kind {
    /** The storage server has no such object. */
    MISSING,
    /** The object has another length than the shard. */
    WRONG_SIZE,
    /** The storage server keeps another checksum of the object than the record. */
    WRONG_CHECKSUM,
    /** The object's bytes do not fit their link of the digest chain. */
    WRONG_BYTES,
    /** The storage server is not among those that are configured. */
    UNKNOWN_SERVER,
    /** There is no record of the shard, or its link does not join those beside it. */
    WRONG_RECORD,
    /** An earlier job found the copy damaged, and nothing has proven it since. */
    KNOWN_DAMAGE,
    /** The storage server did not answer. Nothing is known of the shard. */
    UNREAD;

    /** Whether the copy is known to be lost. */
    public boolean isDamage() {
      return this != UNREAD;
    }
  }
}
