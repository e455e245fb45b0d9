package dev.lamella.core.read;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.UploadIndex;
import java.time.InstantSource;

/** How far an upload of the OCI API has come, so that a client can resume it. */
public final class ReportReceived {
  private final UploadIndex uploads;
  private final InstantSource clock;

  public ReportReceived(UploadIndex uploads, InstantSource clock) {
    this.uploads = uploads;
    this.clock = clock;
  }

  /**
   * Bytes that it has: the next chunk begins there.
   *
   * @throws dev.lamella.core.Refusal {@code BLOB_UPLOAD_UNKNOWN}
   */
  public long of(RepositoryName image, LayerId id) {
    return uploads.require(image, id).requireOpen(clock.instant()).slicing().size();
  }
}
