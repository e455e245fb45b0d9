package dev.lamella.core.layer;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.PausedChain;
import java.time.Instant;
import java.util.Optional;

/**
 * A layer on its way in. Open until it is committed or ended, and then never open again. It is
 * there before, and as long as, anything else is under its id: parts, shards, shard records.
 *
 * @param claimed what the client says the layer is; believed only when proven. Empty as long as
 *     chunks may still come: a client of the OCI API says it last
 * @param slicing of the layer; as long as chunks may still come, of the bytes so far
 * @param source where its bytes are
 * @param expires when it ends by itself, unless it was committed
 * @param chained whether links of the digest chain were sent for it, so that no serial pass is
 *     needed
 * @param proven what all bytes were found to be, by a serial pass over them or as they came, where
 *     it is not the chain that proves it; to be held to the records
 */
public record Upload(
    LayerId id,
    RepositoryName image,
    Optional<Digest> claimed,
    Slicing slicing,
    Source source,
    State state,
    Instant created,
    Instant expires,
    boolean chained,
    Optional<Proven> proven) {

  /** Where the bytes of an upload are, until they are shards. */
  public sealed interface Source {
    /** In staging, one part for each shard, which the host puts there. */
    record Parts() implements Source {}

    /**
     * In staging, in pieces of the chunks that came.
     *
     * @param hash of all that came
     */
    record Chunks(PausedChain hash) implements Source {}

    /** In staging, in one object, which a client put there by a URL of its own. */
    record Whole() implements Source {}

    /**
     * In staging, one part for each damaged shard of a stored layer, which the upload repairs. The
     * links of these shards are recorded, and only bytes that fit them are taken.
     */
    record Repair(LayerId layer) implements Source {}

    /** Nowhere: all bytes come with the call that has them written. */
    record Call() implements Source {}
  }

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
        id,
        image,
        Optional.of(digest),
        slicing,
        new Source.Parts(),
        State.OPEN,
        now,
        expires,
        false,
        Optional.empty());
  }

  /** An upload of the damaged shards of a stored layer, whose digest is proven already. */
  public static Upload repair(
      LayerId id, RepositoryName image, Layer damaged, Instant now, Instant expires) {
    return new Upload(
        id,
        image,
        Optional.of(damaged.digest()),
        damaged.slicing(),
        new Source.Repair(damaged.id()),
        State.OPEN,
        now,
        expires,
        true,
        damaged.end().map(end -> new Proven(damaged.digest(), end)));
  }

  /** The stored layer whose damaged shards it brings, where it does that. */
  public Optional<LayerId> repairs() {
    return source instanceof Source.Repair(LayerId layer) ? Optional.of(layer) : Optional.empty();
  }

  /** Whose shards it writes: its own, or those of the layer that it repairs. */
  public LayerId layer() {
    return repairs().orElse(id);
  }

  /** An upload of the OCI API, of which nothing is known yet. */
  public static Upload ofChunks(
      LayerId id, RepositoryName image, int shardSize, Instant now, Instant expires) {
    return new Upload(
        id,
        image,
        Optional.empty(),
        new Slicing(0, shardSize),
        new Source.Chunks(PausedChain.START),
        State.OPEN,
        now,
        expires,
        true,
        Optional.empty());
  }

  /**
   * @throws Refusal {@code BLOB_UPLOAD_INVALID} where the client has not said it yet
   */
  public Digest digest() {
    return claimed.orElseThrow(
        () ->
            new Refusal(
                ErrorCode.BLOB_UPLOAD_INVALID,
                "upload " + id + " takes chunks, and has no digest before its last PUT"));
  }

  public Upload with(State next) {
    return new Upload(id, image, claimed, slicing, source, next, created, expires, chained, proven);
  }

  /** This upload, whose layer was condemned: ended, and expired since then. */
  public Upload condemned(Instant expired) {
    return new Upload(
        id, image, claimed, slicing, source, State.ENDED, created, expired, chained, proven);
  }

  /** This upload, for which links of the digest chain were sent. */
  public Upload withChain() {
    return new Upload(id, image, claimed, slicing, source, state, created, expires, true, proven);
  }

  /** This upload, whose bytes were found to be this. */
  public Upload withProven(Proven found) {
    return new Upload(
        id, image, claimed, slicing, source, state, created, expires, chained, Optional.of(found));
  }

  /** This upload after another chunk. */
  public Upload withReceived(Source.Chunks chunks) {
    return new Upload(
        id,
        image,
        claimed,
        new Slicing(chunks.hash().count(), slicing.shardSize()),
        chunks,
        state,
        created,
        expires,
        chained,
        proven);
  }

  /** This upload, whose layer a client put to staging whole. */
  public Upload withWhole(long size) {
    return new Upload(
        id,
        image,
        claimed,
        new Slicing(size, slicing.shardSize()),
        new Source.Whole(),
        state,
        created,
        expires,
        chained,
        proven);
  }

  /** Whether nothing has come of it, by chunks or otherwise, as far as is noted. */
  public boolean isUntouched() {
    return claimed.isEmpty() && slicing.size() == 0 && source instanceof Source.Chunks;
  }

  /** This upload, which takes no more chunks. */
  public Upload withClaim(Digest digest) {
    return new Upload(
        id, image, Optional.of(digest), slicing, source, state, created, expires, chained, proven);
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
        ErrorCode.BLOB_UPLOAD_UNKNOWN, "upload " + id + " " + how + ": begin another upload");
  }

  public static Refusal unknown(LayerId id) {
    return new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN, "there is no upload " + id + ": send a new upload request");
  }
}
