package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Begins an upload in parts of a layer whose digest and size its host says last. */
public final class OpenUnsized {
  /** Signed URLs in the answer: a stream has no more parts on the way at a time. */
  private static final int PARTS = 50;

  private final UploadIndex uploads;
  private final ReportProgress progress;
  private final Admission admission;
  private final UploadSettings settings;
  private final InstantSource clock;

  public OpenUnsized(
      UploadIndex uploads,
      ReportProgress progress,
      Admission admission,
      UploadSettings settings,
      InstantSource clock) {
    this.uploads = uploads;
    this.progress = progress;
    this.admission = admission;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Called twice, it opens two.
   *
   * @throws dev.lamella.core.Refusal {@code DENIED}; {@code TOOMANYREQUESTS} where the caller has
   *     no room for it
   */
  public UploadProgress open(Caller caller, UnsizedRequest request) {
    caller.require(Action.PUSH, request.image());
    Instant now = clock.instant();
    Upload upload =
        Upload.unsized(
            LayerId.random(),
            request.image(),
            settings.shardSize(),
            now,
            now.plus(settings.uploadLifetime()));
    admission.begin(caller, Map.of(upload.id(), Steps.of(0)));
    uploads.create(upload);
    return progress.ofNew(upload, PARTS);
  }
}
