package dev.lamella.core.layer;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import java.time.Instant;
import java.util.Optional;

/**
 * A layer on its way in. Open until it is committed or ended, and then never open again. It is there
 * before, and as long as, anything else is under its id: parts, shards, shard records.
 *
 * @param digest what the host says the layer is; believed only when proven
 * @param expires when it ends by itself, unless it was committed
 * @param chained whether links of the digest chain were sent for it, so that no serial pass is
 *     needed
 * @param proven the digest that a serial pass over the staged bytes found, where one was made
 */
public record Upload(
    LayerId id,
    RepositoryName image,
    Digest digest,
    Slicing slicing,
    State state,
    Instant created,
    Instant expires,
    boolean chained,
    Optional<Digest> proven) {

  /**
   * The state machine of an upload: {@code OPEN} leads to either of the others, and nothing leads
   * back. {@code COMMITTED} leads to {@code ENDED} when its layer is collected.
   */
  public enum State {
    OPEN,
    COMMITTED,
    ENDED
  }

  public static Upload open(
      LayerId id,
      RepositoryName image,
      Digest digest,
      Slicing slicing,
      Instant now,
      Instant expires) {
    return new Upload(
        id, image, digest, slicing, State.OPEN, now, expires, false, Optional.empty());
  }

  public Upload with(State next) {
    return new Upload(id, image, digest, slicing, next, created, expires, chained, proven);
  }

  /** This upload, whose layer was condemned: ended, and expired since then. */
  public Upload condemned(Instant expired) {
    return new Upload(id, image, digest, slicing, State.ENDED, created, expired, chained, proven);
  }

  /** This upload, for which links of the digest chain were sent. */
  public Upload withChain() {
    return new Upload(id, image, digest, slicing, state, created, expires, true, proven);
  }

  /** This upload, whose staged bytes a serial pass found to have this digest. */
  public Upload withProven(Digest found) {
    return new Upload(
        id, image, digest, slicing, state, created, expires, chained, Optional.of(found));
  }

  public boolean isOpen(Instant now) {
    return state == State.OPEN && now.isBefore(expires);
  }

  /**
   * @return this upload, which takes parts
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN} where it was committed, ended, or has expired
   */
  public Upload requireOpen(Instant now) {
    if (isOpen(now)) {
      return this;
    }
    String how =
        switch (state) {
          case OPEN -> "expired at " + expires;
          case COMMITTED -> "is committed already";
          case ENDED -> "was ended";
        };
    throw new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN,
        "upload " + id + " " + how + ": send a new upload request for " + digest);
  }

  public static Refusal unknown(LayerId id) {
    return new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN, "there is no upload " + id + ": send a new upload request");
  }
}
