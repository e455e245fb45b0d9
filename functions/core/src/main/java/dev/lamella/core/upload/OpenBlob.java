package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;

/** Begins an upload of the OCI API, of a layer whose digest and size are said last. */
public final class OpenBlob {
  private final UploadIndex uploads;
  private final UploadSettings settings;
  private final InstantSource clock;

  public OpenBlob(UploadIndex uploads, UploadSettings settings, InstantSource clock) {
    this.uploads = uploads;
    this.settings = settings;
    this.clock = clock;
  }

  /** Called twice, it opens two. */
  public LayerId open(RepositoryName image) {
    Instant now = clock.instant();
    Upload upload =
        Upload.ofChunks(
            LayerId.random(),
            image,
            settings.shardSize(),
            now,
            now.plus(settings.uploadLifetime()));
    uploads.create(upload);
    return upload.id();
  }
}
