package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Poll;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.Janitor;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Waits for a layer that a client put to staging whole after a manifest that names it, without a
 * call to the API: the first that reads it has it stored.
 */
public final class AwaitLate {
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  /** Uploads of an image that are looked at, at a time and in all. */
  private static final int WIDTH = 16;

  private static final int MOST_UPLOADS = 100;

  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final Staging staging;
  private final Janitor janitor;
  private final Poll poll;
  private final InstantSource clock;

  /**
   * @param patience how long to wait
   */
  public AwaitLate(
      LayerIndex layers,
      UploadIndex uploads,
      Staging staging,
      Janitor janitor,
      Duration patience,
      InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.staging = staging;
    this.janitor = janitor;
    this.poll = new Poll(patience, clock);
    this.clock = clock;
  }

  /**
   * Asks the janitor for nothing, and does not wait, where no manifest of the image waits for the
   * layer, or nothing is staged that may be it.
   *
   * @return empty where the image has no such layer
   * @throws Refusal {@code UNAVAILABLE} where something that may be it is still being sliced
   */
  public Optional<Layer> find(RepositoryName image, Digest digest) {
    if (!layers.isAwaited(image, digest)) {
      return Optional.empty();
    }
    List<LayerId> staged = mayBe(uploads.expectedWhole(image, MOST_UPLOADS), digest);
    if (!staged.isEmpty()) {
      janitor.storeLate(image);
    }
    if (!poll.until(() -> isSettled(image, staged, digest), () -> LONGEST_PAUSE)) {
      throw new Refusal(
          ErrorCode.UNAVAILABLE,
          "what may be layer " + digest + " is being sliced: ask again in a few seconds");
    }
    // What is not to be waited for any more has been linked before.
    return layers.find(image, digest);
  }

  private boolean isSettled(RepositoryName image, List<LayerId> staged, Digest digest) {
    return mayBe(staged, digest).isEmpty() || layers.find(image, digest).isPresent();
  }

  private List<LayerId> mayBe(List<LayerId> ids, Digest digest) {
    return Parallel.map(ids, WIDTH, uploads::find).stream()
        .flatMap(Optional::stream)
        .filter(upload -> mayBe(upload, digest))
        .map(Upload::id)
        .toList();
  }

  private boolean mayBe(Upload upload, Digest digest) {
    if (!upload.isOpen(clock.instant()) || !upload.claimed().map(digest::equals).orElse(true)) {
      return false;
    }
    if (upload.isUntouched()) {
      return staging.length(upload.id(), StagedPart.WHOLE).isPresent();
    }
    return upload.source() instanceof Source.Whole
        && upload.proven().map(proven -> isThat(proven, digest)).orElse(true);
  }

  private static boolean isThat(Proven proven, Digest digest) {
    return proven.digest().equals(digest) || Digest.sha256(proven.end().bytes()).equals(digest);
  }
}
