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
 *     chunks may still come, or parts of an unsized layer: their client says it last
 * @param slicing of the layer; as long as nothing is claimed, of the bytes that are known to be
 *     there: those of the chunks so far; of an unsized layer, those of the parts announced so far,
 *     and one more, since no part is announced that may be the last
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

  private static Upload begin(
      LayerId id,
      RepositoryName image,
      Optional<Digest> claimed,
      Slicing slicing,
      Source source,
      boolean chained,
      Instant now,
      Instant expires) {
    return new Upload(
        id, image, claimed, slicing, source, State.OPEN, now, expires, chained, Optional.empty());
  }

  public static Upload open(
      LayerId id,
      RepositoryName image,
      Digest digest,
      Slicing slicing,
      Instant now,
      Instant expires) {
    return begin(id, image, Optional.of(digest), slicing, new Source.Parts(), false, now, expires);
  }

  /**
   * An upload in parts of a layer whose digest and size are said last, with links from the start.
   */
  public static Upload unsized(
      LayerId id, RepositoryName image, int shardSize, Instant now, Instant expires) {
    Slicing none = new Slicing(0, shardSize);
    return begin(id, image, Optional.empty(), none, new Source.Parts(), true, now, expires);
  }

  /** Whether parts may still come of a layer whose size is not known. */
  public boolean isUnsized() {
    return claimed.isEmpty() && source instanceof Source.Parts;
  }

  /** By which its parts are sent: while it is unsized, that of the largest layer it may become. */
  public Slicing room() {
    int shardSize = slicing.shardSize();
    return isUnsized() ? new Slicing((long) Slicing.MOST_SHARDS * shardSize, shardSize) : slicing;
  }

  /**
   * This unsized upload, of which a part was announced: so a byte comes after it.
   *
   * @param index of the part, less than that of the largest layer's last
   */
  public Upload withAnnounced(int index) {
    long least = (index + 1L) * slicing.shardSize() + 1;
    Slicing further = new Slicing(Math.max(slicing.size(), least), slicing.shardSize());
    return with(claimed, further, source);
  }

  /** Whether this unsized upload may be of a layer of so many bytes. */
  public boolean mayHave(long size) {
    return size >= slicing.size() && size <= room().size();
  }

  /** This unsized upload, of which its host says what it is: it takes parts of no other layer. */
  public Upload withClaim(Digest digest, long size) {
    return with(Optional.of(digest), new Slicing(size, slicing.shardSize()), source);
  }

  private Upload with(Optional<Digest> digest, Slicing other, Source from) {
    return new Upload(id, image, digest, other, from, state, created, expires, chained, proven);
  }

  /** An upload of the damaged shards of a stored layer, whose digest is proven already. */
  public static Upload repair(
      LayerId id, RepositoryName image, Layer damaged, Instant now, Instant expires) {
    Optional<Digest> digest = Optional.of(damaged.digest());
    Source shards = new Source.Repair(damaged.id());
    Upload upload = begin(id, image, digest, damaged.slicing(), shards, true, now, expires);
    Optional<Proven> proven = damaged.end().map(end -> new Proven(damaged.digest(), end));
    return proven.map(upload::withProven).orElse(upload);
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
    Slicing none = new Slicing(0, shardSize);
    Source nothing = new Source.Chunks(PausedChain.START);
    return begin(id, image, Optional.empty(), none, nothing, true, now, expires);
  }

  /**
   * @throws Refusal {@code BLOB_UPLOAD_INVALID} where the client has not said it yet
   */
  public Digest digest() {
    return claimed.orElseThrow(
        () ->
            new Refusal(
                ErrorCode.BLOB_UPLOAD_INVALID,
                "upload " + id + " has no digest yet: its client says it at the end"));
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
    return with(claimed, new Slicing(chunks.hash().count(), slicing.shardSize()), chunks);
  }

  /** This upload, whose layer a client put to staging whole. */
  public Upload withWhole(long size) {
    return with(claimed, new Slicing(size, slicing.shardSize()), new Source.Whole());
  }

  /** Whether nothing has come of it, by chunks or otherwise, as far as is noted. */
  public boolean isUntouched() {
    return claimed.isEmpty() && slicing.size() == 0 && source instanceof Source.Chunks;
  }

  /** This upload, which takes no more chunks. */
  public Upload withClaim(Digest digest) {
    return with(Optional.of(digest), slicing, source);
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
