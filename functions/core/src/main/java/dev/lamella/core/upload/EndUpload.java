package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.InstantSource;

/**
 * Ends an upload at the host's wish. The shards that it wrote are orphans then, and are collected
 * later.
 */
public final class EndUpload {
  private final UploadIndex uploads;
  private final Staging staging;
  private final InstantSource clock;

  public EndUpload(UploadIndex uploads, Staging staging, InstantSource clock) {
    this.uploads = uploads;
    this.staging = staging;
    this.clock = clock;
  }

  /**
   * Idempotent.
   *
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN} where there is no such upload, or where it is
   *     committed
   */
  public void end(Caller caller, LayerId id) {
    end(uploads.require(caller, id).id());
  }

  /** The same, for the store itself. */
  void end(LayerId id) {
    if (uploads.end(id)) {
      staging.remove(id);
      return;
    }
    Upload upload = uploads.find(id).orElseThrow(() -> Upload.unknown(id));
    throw new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN,
        "upload " + id + " is committed: layer " + upload.digest() + " is stored");
  }

  /** The same, as a client of the OCI API knows the upload. */
  public void end(RepositoryName image, LayerId id) {
    end(uploads.require(image, id).requireOpen(clock.instant()).id());
  }
}
