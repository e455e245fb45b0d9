package dev.lamella.core.upload;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Caller;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.PausedChain;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Takes a layer in chunks, in order, as the OCI API has it: stages each chunk, hashes it, and has
 * the shards written that are full, while the client still sends the rest. The digest chain falls
 * out.
 */
public final class ReceiveChunk {
  private static final int WIDTH = 8;

  private final UploadIndex uploads;
  private final Staging staging;
  private final MissingShards missingShards;
  private final Admission admission;
  private final ChainEngine engine;
  private final InstantSource clock;

  public ReceiveChunk(
      UploadIndex uploads,
      Staging staging,
      SettleUpload settleUpload,
      Admission admission,
      ChainEngine engine,
      InstantSource clock) {
    this.uploads = uploads;
    this.staging = staging;
    this.missingShards = settleUpload.missingShards();
    this.admission = admission;
    this.engine = engine;
    this.clock = clock;
  }

  /**
   * Where two calls send the same chunk at once, one is accepted.
   *
   * @param start where the client says that the chunk begins, if it does
   * @param chunk any number of bytes
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}; {@code BLOB_UPLOAD_INVALID} where the upload takes
   *     no chunks; {@code SIZE_INVALID} where the layer gets too large; {@code TOO_LARGE} or {@code
   *     TOOMANYREQUESTS} where it gets larger than the caller has room for
   */
  public Receipt receive(
      Caller caller, RepositoryName image, LayerId id, OptionalLong start, byte[] chunk) {
    Upload upload = uploads.require(image, id).requireOpen(clock.instant());
    return receive(caller, upload, start, chunk, Optional.empty());
  }

  /**
   * @param claim the layer's digest, where this is its last chunk
   * @throws Refusal {@code DIGEST_INVALID} where all bytes together have another digest
   */
  Receipt receive(
      Caller caller, Upload upload, OptionalLong start, byte[] chunk, Optional<Digest> claim) {
    PausedChain hash = requireChunks(upload).hash();
    long received = hash.count();
    if (start.isPresent() && start.getAsLong() != received) {
      return new Receipt.OutOfOrder(received);
    }
    if (chunk.length == 0 && claim.isEmpty()) {
      return new Receipt.Accepted(received);
    }
    int shardSize = upload.slicing().shardSize();
    requireSize(received + chunk.length, shardSize);
    admission.grow(caller, upload.id(), received, received + chunk.length);
    PausedChain.Advance advance = hash.advance(engine, shardSize, chunk);
    Upload after = upload.withReceived(new Source.Chunks(advance.next()));
    if (claim.isPresent()) {
      requireSame(after, advance.next(), claim.get());
      after = after.withClaim(claim.get());
    }
    Map<Integer, ChainState> states = new TreeMap<>();
    for (ChainState state : advance.boundaries()) {
      states.put((int) (received / shardSize) + states.size(), state);
    }
    if (!uploads.receive(upload, after, stage(upload, received, chunk), states)) {
      Upload now = uploads.require(upload.image(), upload.id()).requireOpen(clock.instant());
      return new Receipt.OutOfOrder(now.slicing().size());
    }
    dispatchFull(upload, after);
    return new Receipt.Accepted(after.slicing().size());
  }

  private static Source.Chunks requireChunks(Upload upload) {
    if (upload.source() instanceof Source.Chunks chunks && upload.claimed().isEmpty()) {
      return chunks;
    }
    throw new Refusal(
        ErrorCode.BLOB_UPLOAD_INVALID, "upload " + upload.id() + " takes no more chunks");
  }

  private static void requireSize(long size, int shardSize) {
    long most = (long) Slicing.MOST_SHARDS * shardSize;
    if (size > most) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID,
          "a layer in chunks has at most " + most + " bytes: send it by lamella push");
    }
  }

  /** Whether a sha512 is that of the bytes only a serial pass finds out. */
  private void requireSame(Upload upload, PausedChain all, Digest claim) {
    if (claim.algorithm() == Digest.Algorithm.SHA256) {
      Digest found = Digest.sha256(all.end(engine).bytes());
      if (!found.equals(claim)) {
        throw new Refusal(
            ErrorCode.DIGEST_INVALID,
            "what was sent, %s, has the digest %s, not %s"
                .formatted(Counted.of(upload.slicing().size(), "byte"), found, claim));
      }
    }
  }

  private List<Piece> stage(Upload upload, long received, byte[] chunk) {
    int shardSize = upload.slicing().shardSize();
    List<Piece> pieces = new ArrayList<>();
    for (int at = 0; at < chunk.length; ) {
      long offset = received + at;
      int length = (int) Math.min(shardSize - offset % shardSize, chunk.length - at);
      pieces.add(new Piece(offset, length, StagedPart.ofChunk(offset)));
      at += length;
    }
    Parallel.map(
        pieces,
        WIDTH,
        piece -> {
          int at = (int) (piece.offset() - received);
          staging.put(upload.id(), piece.part(), chunk, at, piece.length());
          return piece;
        });
    return pieces;
  }

  /** A full shard may be the layer's last one, and end in the digest, until a byte follows it. */
  private void dispatchFull(Upload before, Upload after) {
    int from = before.slicing().count() - 1;
    int to = after.slicing().count() - 1;
    try {
      missingShards.handOverFull(after, from, to);
    } catch (Unavailable _) {
      // The chunk is recorded, so it is accepted: what is not handed over now, the last PUT does.
    }
  }
}
