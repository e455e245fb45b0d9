package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;

/**
 * Ends an upload at the host's wish. The shards it wrote are nobody's then, and are collected
 * later.
 */
public final class EndUpload {
  private final UploadIndex uploads;
  private final Staging staging;

  public EndUpload(UploadIndex uploads, Staging staging) {
    this.uploads = uploads;
    this.staging = staging;
  }

  /**
   * Twice is as once.
   *
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN} where there is no such upload, or where it is
   *     committed
   */
  public void end(LayerId id) {
    if (uploads.end(id)) {
      staging.remove(id);
      return;
    }
    Upload upload = uploads.find(id).orElseThrow(() -> Upload.unknown(id));
    throw new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN,
        "upload " + id + " is committed: layer " + upload.digest() + " is stored");
  }
}
