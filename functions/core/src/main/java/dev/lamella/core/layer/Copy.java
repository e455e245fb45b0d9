package dev.lamella.core.layer;

/**
 * Where a shard lies: an object on a storage server.
 *
 * @param server id of the storage server that holds it
 * @param key its position there
 * @param checksum what the storage server keeps as the object's checksum, as {@code
 *     algorithm:base64}; empty before it is written
 * @param etag what the storage server calls the object as it was written, the same in a list of its
 *     objects; empty where that is not known
 */
public record Copy(String server, String key, String checksum, String etag, State state) {

  /** What is known of the object. */
  public enum State {
    /** It was written, and nothing else was found since. */
    WHOLE,
    /** A verification found it missing or wrong, and it was not repaired since. */
    DAMAGED
  }

  public Copy {
    if (server.isEmpty() || key.isEmpty()) {
      throw new IllegalArgumentException("a copy has a storage server and a key");
    }
  }

  /** A copy that is to be written. */
  public static Copy at(String server, String key) {
    return new Copy(server, key, "", "", State.WHOLE);
  }

  /** The same position on a storage server, whatever the one before. */
  public Copy on(String other) {
    return new Copy(other, key, checksum, etag, state);
  }

  /** This copy as it was just written. */
  public Copy written(String as, String called) {
    return new Copy(server, key, as, called, State.WHOLE);
  }

  public Copy as(State now) {
    return new Copy(server, key, checksum, etag, now);
  }

  public boolean isDamaged() {
    return state == State.DAMAGED;
  }
}
