package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The last PUT of an upload of the OCI API: with the digest, and the last bytes if any are left.
 */
public final class FinishBlob {
  private final UploadIndex uploads;
  private final OpenBlob openBlob;
  private final PutSmallBlob putSmallBlob;
  private final ReceiveChunk receiveChunk;
  private final StagedWhole stagedWhole;
  private final MissingShards missingShards;
  private final SettleUpload settleUpload;
  private final CommitLayer commitLayer;
  private final EndUpload endUpload;
  private final Admission admission;
  private final InstantSource clock;

  public FinishBlob(
      UploadIndex uploads,
      OpenBlob openBlob,
      PutSmallBlob putSmallBlob,
      ReceiveChunk receiveChunk,
      StagedWhole stagedWhole,
      SettleUpload settleUpload,
      EndUpload endUpload,
      Admission admission,
      InstantSource clock) {
    this.uploads = uploads;
    this.openBlob = openBlob;
    this.putSmallBlob = putSmallBlob;
    this.receiveChunk = receiveChunk;
    this.stagedWhole = stagedWhole;
    this.missingShards = settleUpload.missingShards();
    this.settleUpload = settleUpload;
    this.commitLayer = settleUpload.commitLayer();
    this.endUpload = endUpload;
    this.admission = admission;
    this.clock = clock;
  }

  /**
   * Stores a layer that came whole with the first call, with no upload that the client knows of.
   *
   * @throws Refusal {@code DIGEST_INVALID}; {@code TOO_LARGE} or {@code TOOMANYREQUESTS} where the
   *     caller has no room for it
   */
  public Finish.Settled store(Caller caller, RepositoryName image, byte[] body, Digest digest) {
    admission.requireLayer(caller, body.length);
    if (putSmallBlob.takes(body.length)) {
      putSmallBlob.put(
          image, digest, body, upload -> admission.begin(caller, Map.of(upload.id(), 0L)));
      return new Finish.Stored();
    }
    LayerId id = openBlob.open(caller, image);
    return endingWrong(
        id,
        () -> {
          Upload upload = uploads.require(image, id);
          receiveChunk.receive(caller, upload, OptionalLong.of(0), body, Optional.of(digest));
          return settle(uploads.require(image, id));
        });
  }

  /**
   * Waits a while for the last shards, then commits. Idempotent, also after a commit.
   *
   * @param start where the client says that the body begins, if it does
   * @param body the last chunk, or the whole layer, or nothing
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}; {@code DIGEST_INVALID}, and the upload has ended;
   *     {@code TOO_LARGE} or {@code TOOMANYREQUESTS} where the caller has no room for it
   */
  public Finish finish(
      Caller caller,
      RepositoryName image,
      LayerId id,
      OptionalLong start,
      byte[] body,
      Digest digest) {
    Upload upload = uploads.require(image, id);
    if (commitLayer.committed(upload, digest).isPresent()) {
      return new Finish.Stored();
    }
    upload.requireOpen(clock.instant());
    return endingWrong(id, () -> finish(caller, upload, start, body, digest));
  }

  /** The upload ends whose bytes have another digest, or are more than there is ever room for. */
  private <T> T endingWrong(LayerId id, Supplier<T> finishing) {
    try {
      return finishing.get();
    } catch (Refusal e) {
      if (e.code() == ErrorCode.DIGEST_INVALID || e.code() == ErrorCode.TOO_LARGE) {
        endUpload.end(id);
      }
      throw e;
    }
  }

  private Finish finish(
      Caller caller, Upload upload, OptionalLong start, byte[] body, Digest digest) {
    if (upload.claimed().isPresent()) {
      requireSame(upload, digest);
      return settle(upload);
    }
    if (body.length == 0) {
      Optional<Upload> whole =
          stagedWhole.find(upload, size -> admission.claim(caller, upload.id(), size));
      if (whole.isPresent()) {
        return finishWhole(whole.get(), digest);
      }
      requireBytes(upload, digest);
    }
    if (upload.isUntouched() && start.orElse(0) == 0 && putSmallBlob.takes(body.length)) {
      admission.requireLayer(caller, body.length);
      putSmallBlob.put(upload.image(), digest, body, _ -> {}); // In the place of this upload.
      uploads.end(upload.id());
      return new Finish.Stored();
    }
    return switch (receiveChunk.receive(caller, upload, start, body, Optional.of(digest))) {
      case Receipt.OutOfOrder(long received) -> new Finish.OutOfOrder(received);
      case Receipt.Accepted _ -> settle(uploads.require(upload.image(), upload.id()));
    };
  }

  private Finish.Settled finishWhole(Upload whole, Digest digest) {
    uploads.receive(whole, whole.withClaim(digest), List.of(), Map.of());
    // Where two calls claim two digests, the first one decides.
    Upload claimed = uploads.require(whole.image(), whole.id());
    requireSame(claimed, digest);
    return settle(claimed);
  }

  private void requireBytes(Upload upload, Digest digest) {
    if (upload.isUntouched() && !putSmallBlob.isEmpty(digest)) {
      throw new Refusal(
          ErrorCode.BLOB_UPLOAD_INVALID,
          "nothing of "
              + digest
              + " arrived: the layer was too large for one request through this API; push it with"
              + " lamella push, or with a client that sends smaller chunks");
    }
  }

  private static void requireSame(Upload upload, Digest digest) {
    if (!upload.digest().equals(digest)) {
      throw new Refusal(
          ErrorCode.BLOB_UPLOAD_INVALID,
          "upload " + upload.id() + " is of " + upload.digest() + ", not of " + digest);
    }
  }

  private Finish.Settled settle(Upload upload) {
    return settleUpload.settle(upload, missingShards::handOver).isPresent()
        ? new Finish.Stored()
        : new Finish.StillWriting();
  }
}
