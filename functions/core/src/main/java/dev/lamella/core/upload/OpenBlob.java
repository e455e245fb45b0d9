package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Begins an upload of the OCI API, of a layer whose digest and size are said last. */
public final class OpenBlob {
  private final UploadIndex uploads;
  private final Optional<Staging> direct;
  private final Admission admission;
  private final UploadSettings settings;
  private final InstantSource clock;

  /**
   * @param direct where clients may put whole layers; empty where nothing sends them there
   */
  public OpenBlob(
      UploadIndex uploads,
      Optional<Staging> direct,
      Admission admission,
      UploadSettings settings,
      InstantSource clock) {
    this.uploads = uploads;
    this.direct = direct;
    this.admission = admission;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Called twice, it opens two.
   *
   * @throws dev.lamella.core.Refusal {@code TOOMANYREQUESTS} where the caller has no room for it
   */
  public LayerId open(Caller caller, RepositoryName image) {
    Instant now = clock.instant();
    Upload upload =
        Upload.ofChunks(
            LayerId.random(),
            image,
            settings.shardSize(),
            now,
            now.plus(settings.uploadLifetime()));
    admission.begin(caller, Map.of(upload.id(), Steps.of(0)));
    uploads.create(upload);
    direct.ifPresent(_ -> uploads.expectWhole(upload));
    return upload.id();
  }

  /** Where the whole layer of an upload may be put past the API, by a client that can. */
  public Optional<SignedUrl> signWhole(LayerId id) {
    return direct.map(staging -> staging.signPutWhole(id));
  }
}
