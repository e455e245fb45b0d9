package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.work.Permits;
import java.util.stream.Stream;

/** Sends blobs, each from what the store says is missing of it to its commit. Thread-safe. */
public final class PushBlob {
  private final StoreClient store;
  private final BlobUploads uploads;
  private final Permits connections;
  private final Progress progress;

  /**
   * @param connections for parts, over all blobs that share them
   * @param progress told of the bytes that move, and of nothing else
   */
  public PushBlob(StoreClient store, BlobUploads uploads, Permits connections, Progress progress) {
    this.store = store;
    this.uploads = uploads;
    this.connections = connections;
    this.progress = progress;
  }

  /**
   * Sends one blob. Another upload is begun where this one is of no use any more. A source whose
   * bytes pass by once has none left for that, nor for a part that the store rejects: it fails
   * then, and what was sent is used by the next push.
   *
   * @param missing what the store answered of the blob when its upload was asked for
   * @throws HostFailure {@code WRONG_CONTENT} where the source does not match the digest: the
   *     upload has been ended then
   * @throws NotStored where all was sent and the store does not get on with it
   */
  public StoredLayer run(Descriptor blob, UploadProgress missing, BlobSource source) {
    StoredLayer stored = push(blob, whole(missing), source);
    uploads.finished(blob);
    return stored;
  }

  /** An answer about many blobs may not have had room for all that is known of one. */
  private UploadProgress whole(UploadProgress missing) {
    boolean isCutShort = missing.parts().isEmpty() && missing.next().isPresent();
    return isCutShort ? store.progress(missing.upload(), 0) : missing;
  }

  private StoredLayer push(Descriptor blob, UploadProgress begun, BlobSource source) {
    UploadProgress missing = begun;
    for (boolean isLast = false; ; isLast = true) {
      BlobUpload upload = new BlobUpload(store, progress, blob, source, missing);
      try {
        return push(upload);
      } catch (StaleUpload e) {
        upload.end();
        if (isLast) {
          throw e.failure();
        }
      }
      UploadAnswer again = uploads.renew(blob);
      if (again.missing().isEmpty()) {
        return again.stored().getFirst();
      }
      missing = again.missing().getFirst();
    }
  }

  private StoredLayer push(BlobUpload upload) throws StaleUpload {
    PartSender sender = new PartSender(upload.parts());
    try {
      return commit(
          new CommitUpload(
              upload, sender, connections, new SendParts(upload, sender, connections).run()));
    } catch (StoreRefusal e) {
      // Another digest than that of what was hashed here: somebody else has sent some of it.
      if (Stream.of(
              ErrorCode.BLOB_UPLOAD_UNKNOWN, ErrorCode.CHAIN_INVALID, ErrorCode.DIGEST_INVALID)
          .anyMatch(e::is)) {
        throw new StaleUpload(e);
      }
      throw e;
    } catch (HostFailure e) {
      if (e.exitCode() == ExitCode.WRONG_CONTENT) {
        upload.end();
      }
      throw e;
    }
  }

  private static StoredLayer commit(CommitUpload sent) throws StaleUpload {
    try {
      return sent.run();
    } catch (HostFailure e) {
      throw e.exitCode() == ExitCode.UNREACHABLE ? new NotStored(e) : e;
    }
  }
}
