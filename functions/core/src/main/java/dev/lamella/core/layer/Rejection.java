package dev.lamella.core.layer;

import java.util.List;

/**
 * Why a shard-writer did not write a shard: its staged bytes are not what the host said, or no
 * storage server takes it.
 *
 * @param servers the ids of the storage servers that did not take it, where it is that
 */
public record Rejection(int index, Reason reason, List<String> servers) {
  public Rejection {
    servers = List.copyOf(servers);
  }

  public Rejection(int index, Reason reason) {
    this(index, reason, List.of());
  }

  public static Rejection untaken(int index, List<String> servers) {
    return new Rejection(index, Reason.NOT_TAKEN, servers);
  }

  /** Whether the host did nothing wrong, and has nothing to send again. */
  public boolean isUntaken() {
    return reason == Reason.NOT_TAKEN;
  }

  /** What was wrong with the staged part, or around it. */
  public enum Reason {
    /** Nothing is staged under the part's key. */
    NOT_STAGED,
    /** The staged part has not the length of its shard. */
    WRONG_LENGTH,
    /** The bytes do not lead from the state before to the state after. */
    WRONG_LINK,
    /** A proven shard is recorded with other states: two chains were sent for one upload. */
    OTHER_CHAIN,
    /** No storage server takes it: it is tried again, and nothing is to be sent again. */
    NOT_TAKEN
  }

  /** What was wrong and what to do, for people. */
  public String explanation() {
    return switch (reason) {
      case NOT_STAGED ->
          "part " + index + " was announced but is not staged: send it, then announce it again";
      case WRONG_LENGTH ->
          "part "
              + index
              + " has not the length of its shard: send it again, whole, then announce it again";
      case WRONG_LINK ->
          "the bytes of shard "
              + index
              + " do not match their link of the digest chain: send the part again";
      case OTHER_CHAIN ->
          "shard "
              + index
              + " was proven with another chain: end this upload and send a new upload request";
      case NOT_TAKEN ->
          "shard "
              + index
              + " is not taken by any of the storage servers "
              + String.join(", ", servers)
              + ": complete again later";
    };
  }
}
