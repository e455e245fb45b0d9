package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The method's upload steps 1 to 3: of the layers that a host names, which are stored, and how to
 * send the others.
 */
public final class RequestUpload {
  private static final int MOST_LAYERS = 1_000;

  /**
   * Signed URLs in one answer: at up to 2 KB each they stay far below the 6 MB of a function's
   * answer.
   */
  private static final int MOST_PARTS = 500;

  /** Layers looked up at a time: each takes up to three requests, one after the other. */
  private static final int WIDTH = 32;

  /** Among so many images of a layer, one that the caller may read is looked for. */
  private static final int MOST_IMAGES = 100;

  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final ReportProgress progress;
  private final Predicate<RepositoryName> mayRead;
  private final UploadSettings settings;
  private final InstantSource clock;

  /**
   * @param mayRead whether the caller may read an image: only through such an image does a layer
   *     count as stored
   */
  public RequestUpload(
      LayerIndex layers,
      UploadIndex uploads,
      ReportProgress progress,
      Predicate<RepositoryName> mayRead,
      UploadSettings settings,
      InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.progress = progress;
    this.mayRead = mayRead;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Called twice, it opens a second upload for each missing layer, unless the first is named as the
   * one to resume.
   *
   * @throws Refusal {@code SIZE_INVALID} where a size is not possible, or is not the stored layer's
   */
  public UploadAnswer answer(UploadRequest request) {
    List<StoredLayer> stored = new ArrayList<>();
    List<UploadProgress> missing = new ArrayList<>();
    int parts = MOST_PARTS;
    for (Found found : Parallel.map(distinct(request), WIDTH, one -> find(request.image(), one))) {
      switch (found) {
        case Found.Stored(StoredLayer layer) -> stored.add(layer);
        case Found.Resumed(Upload upload) -> missing.add(progress.of(upload, 0, parts));
        case Found.Opened(Upload upload) -> missing.add(progress.ofNew(upload, parts));
      }
      parts = MOST_PARTS - missing.stream().mapToInt(upload -> upload.parts().size()).sum();
    }
    return new UploadAnswer(request.image(), stored, missing);
  }

  /** What becomes of a layer that a host names. */
  private sealed interface Found {
    record Stored(StoredLayer layer) implements Found {}

    record Resumed(Upload upload) implements Found {}

    record Opened(Upload upload) implements Found {}
  }

  private Found find(RepositoryName image, Wanted wanted) {
    Optional<Layer> stored = stored(image, wanted);
    if (stored.isPresent()) {
      return new Found.Stored(StoredLayer.of(stored.get(), wanted.mediaType()));
    }
    Optional<Upload> resumed = resumed(image, wanted);
    return resumed.isPresent()
        ? new Found.Resumed(resumed.get())
        : new Found.Opened(open(image, wanted));
  }

  private static Collection<Wanted> distinct(UploadRequest request) {
    Map<Digest, Wanted> distinct = new LinkedHashMap<>();
    for (Wanted wanted : request.layers()) {
      Wanted other = distinct.putIfAbsent(wanted.digest(), wanted);
      if (other != null && other.size() != wanted.size()) {
        throw new Refusal(
            ErrorCode.SIZE_INVALID,
            "layer "
                + wanted.digest()
                + " is named with two sizes: "
                + other.size()
                + " and "
                + wanted.size());
      }
    }
    if (distinct.size() > MOST_LAYERS) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "an upload request names at most " + MOST_LAYERS + " layers, not " + distinct.size());
    }
    return distinct.values();
  }

  private Optional<Layer> stored(RepositoryName image, Wanted wanted) {
    Optional<Layer> layer =
        layers.find(wanted.digest()).filter(_ -> isReadable(image, wanted.digest()));
    layer.ifPresent(found -> requireSize(wanted, found.slicing().size()));
    return layer.filter(_ -> layers.link(image, wanted.digest(), clock.instant()));
  }

  private boolean isReadable(RepositoryName image, Digest digest) {
    return layers.isLinked(image, digest)
        || layers.imagesOf(digest, MOST_IMAGES).stream().anyMatch(mayRead);
  }

  private Optional<Upload> resumed(RepositoryName image, Wanted wanted) {
    Instant now = clock.instant();
    return wanted
        .resume()
        .flatMap(uploads::find)
        .filter(upload -> upload.isOpen(now) && isFor(upload, image, wanted));
  }

  private Upload open(RepositoryName image, Wanted wanted) {
    Instant now = clock.instant();
    Slicing slicing = Slicing.of(wanted.size(), settings.shardSize());
    Upload upload =
        Upload.open(
            LayerId.random(),
            image,
            wanted.digest(),
            slicing,
            now,
            now.plus(settings.uploadLifetime()));
    uploads.create(upload);
    return upload;
  }

  private static boolean isFor(Upload upload, RepositoryName image, Wanted wanted) {
    return upload.image().equals(image)
        && upload.digest().equals(wanted.digest())
        && upload.slicing().size() == wanted.size();
  }

  private static void requireSize(Wanted wanted, long size) {
    if (wanted.size() != size) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID,
          "layer " + wanted.digest() + " has " + size + " bytes, not " + wanted.size());
    }
  }
}
