package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Uploads, and what shard-writers rejected of them. Each method is atomic and idempotent. */
public interface UploadIndex {

  /**
   * @throws IllegalStateException where an upload of that id exists
   */
  void create(Upload upload);

  Optional<Upload> find(LayerId id);

  /**
   * The upload, as a client knows it that names its image too.
   *
   * @throws dev.lamella.core.Refusal {@code BLOB_UPLOAD_UNKNOWN}
   */
  default Upload require(RepositoryName image, LayerId id) {
    return find(id)
        .filter(upload -> upload.image().equals(image))
        .orElseThrow(() -> Upload.unknown(id));
  }

  /**
   * The upload, for who goes on with it. Who may not push to its repository is not told which that
   * is: readers of a stored layer know the id.
   *
   * @throws dev.lamella.core.Refusal {@code BLOB_UPLOAD_UNKNOWN}
   */
  default Upload require(Caller caller, LayerId id) {
    return find(id)
        .filter(upload -> caller.may(Action.PUSH, upload.image()))
        .orElseThrow(() -> Upload.unknown(id));
  }

  /**
   * Notes what came of an upload in chunks: pieces that are staged, the states that they led to,
   * and what that makes of the upload. All at once or not at all. Of an unsized upload, how far it
   * reaches, or what it is.
   *
   * @param before the upload as it was read
   * @param after as it is then: more received, its digest claimed, or both
   * @param pieces at most 80 of them
   * @param states the state after each shard whose boundary was reached, by shard index
   * @return false, with nothing changed, where the upload is not open any more, has its digest, or
   *     has received something else since
   */
  boolean receive(Upload before, Upload after, List<Piece> pieces, Map<Integer, ChainState> states);

  /**
   * Notes, until an upload expires, that its layer may come whole to staging, without a call to the
   * API.
   */
  void expectWhole(Upload upload);

  /** The uploads so noted of an image, in any order, at most {@code limit}. */
  List<LayerId> expectedWhole(RepositoryName image, int limit);

  /** Ends the note. */
  void expectNoMore(RepositoryName image, LayerId id);

  /** The pieces that begin within {@code [from, to)}, in order of offset. */
  List<Piece> pieces(LayerId id, long from, long to);

  /** The states noted so far after the shards from an index on, by shard index. */
  SortedMap<Integer, ChainState> states(LayerId id, int from);

  /** Notes that links were sent for an open upload; nothing otherwise. */
  void markChained(LayerId id);

  /**
   * Notes what a serial pass found an open upload to be; nothing otherwise. The last note stays: it
   * says of which bytes it is, and counts for no others.
   */
  void prove(LayerId id, Proven proven);

  /** For so long a serial pass is taken, unless it is taken again. */
  Duration PASS = Duration.ofSeconds(30);

  /**
   * Takes the serial pass over an open upload for {@link #PASS}, so that one is made at a time. Its
   * holder may take it again, also later, as long as no other call did.
   *
   * @return false, with nothing changed, where another one has it, or the upload is not open
   */
  boolean takePass(LayerId id, PassId pass, Instant now);

  /** Gives the pass back; nothing where this one does not have it. */
  void givePass(LayerId id, PassId pass);

  /**
   * Ends an open upload.
   *
   * @return false, with nothing changed, where it is unknown or committed; true where it has ended,
   *     now or before
   */
  boolean end(LayerId id);

  /**
   * Notes a rejection of an open upload; a later one of the same index takes its place. Nothing
   * otherwise: of what has ended, nothing may come after it.
   */
  void reject(LayerId id, Rejection rejection);

  /**
   * Forgets the rejections of these indexes, because the parts are tried again.
   *
   * @return those that stood rejected: of many who forgive one at once, one is told of it
   */
  Set<Integer> forgive(LayerId id, Collection<Integer> indexes);

  /**
   * Claims shards for somebody who hands them to shard-writers now, for 10 to 20 seconds: of many
   * who want to at once, one does.
   *
   * @param indexes at most 10,000
   * @return those that no other call has claimed
   */
  Set<Integer> claim(LayerId id, Collection<Integer> indexes, Instant now);

  /** Ends claims of that time. */
  void unclaim(LayerId id, Collection<Integer> indexes, Instant now);

  /** What stands rejected, in order of index. */
  List<Rejection> rejections(LayerId id);

  /**
   * Uploads that expired before that time, whatever their state, but for those that are settled or
   * removed; in order of expiry. May lag.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most uploads in the page, 1 to 1,000
   */
  Page<Upload> expired(Instant before, Optional<String> cursor, int limit);

  /**
   * Notes of a committed upload that nothing but its layer is left of it, and forgets its
   * rejections, pieces and states: it is no longer among the expired, until its layer is condemned.
   * Nothing otherwise.
   */
  void settle(LayerId id);

  /**
   * Removes an upload that has ended, with its rejections, pieces and states. To be called last,
   * when nothing else under its id is left: it is what leads there.
   *
   * @return false, with nothing changed, where it has not ended; true where it is gone, now or
   *     before
   */
  boolean remove(LayerId id);
}
