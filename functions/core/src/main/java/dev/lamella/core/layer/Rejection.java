package dev.lamella.core.layer;

/** Why a shard-writer would not write a shard: its staged bytes are not what the host said. */
public record Rejection(int index, Reason reason) {

  /** What was wrong with the staged part. */
  public enum Reason {
    /** Nothing is staged under the part's key. */
    NOT_STAGED,
    /** The staged part has not the length of its shard. */
    WRONG_LENGTH,
    /** The bytes do not lead from the state before to the state after. */
    WRONG_LINK,
    /** A proven shard is recorded with other states: two chains were sent for one upload. */
    OTHER_CHAIN
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
    };
  }
}
