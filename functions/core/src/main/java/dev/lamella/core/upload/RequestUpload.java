package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final UploadIndex uploads;
  private final ReportProgress progress;
  private final ReadableLayers readable;
  private final UploadSettings settings;
  private final InstantSource clock;

  public RequestUpload(
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      ReportProgress progress,
      ReadableLayers readable,
      UploadSettings settings,
      InstantSource clock) {
    this.layers = layers;
    this.shards = shards;
    this.uploads = uploads;
    this.progress = progress;
    this.readable = readable;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * A damaged layer counts as missing, and of it only the damaged shards are to be sent. Called
   * twice, it opens a second upload for each missing layer, unless the first is named as the
   * one to resume.
   *
   * @throws Refusal {@code SIZE_INVALID} where a size is not possible, or is not the stored layer's
   */
  public UploadAnswer answer(UploadRequest request) {
    List<StoredLayer> stored = new ArrayList<>();
    List<UploadProgress> missing = new ArrayList<>();
    int parts = MOST_PARTS;
    for (Wanted wanted : distinct(request)) {
      Optional<Layer> layer = readable(request.image(), wanted);
      boolean isStored =
          layer
              .filter(found -> !found.isDamaged())
              .filter(_ -> layers.link(request.image(), wanted.digest(), clock.instant()))
              .isPresent();
      if (isStored) {
        stored.add(StoredLayer.of(layer.orElseThrow(), wanted.mediaType()));
        continue;
      }
      UploadProgress upload =
          upload(request.image(), wanted, layer.filter(Layer::isDamaged), parts);
      parts -= upload.parts().size();
      missing.add(upload);
    }
    return new UploadAnswer(request.image(), stored, missing);
  }

  private static Iterable<Wanted> distinct(UploadRequest request) {
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

  private Optional<Layer> readable(RepositoryName image, Wanted wanted) {
    Optional<Layer> layer =
        layers.find(wanted.digest()).filter(_ -> readable.isReadable(image, wanted.digest()));
    layer.ifPresent(found -> requireSize(wanted, found.slicing().size()));
    return layer;
  }

  private UploadProgress upload(
      RepositoryName image, Wanted wanted, Optional<Layer> damaged, int parts) {
    Instant now = clock.instant();
    Optional<Upload> resumed =
        wanted
            .resume()
            .flatMap(uploads::find)
            .filter(upload -> upload.isOpen(now) && isFor(upload, image, wanted))
            .filter(upload -> upload.repairs().equals(damaged.map(Layer::id)));
    if (resumed.isPresent()) {
      return progress.of(resumed.get(), 0, parts);
    }
    Instant expires = now.plus(settings.uploadLifetime());
    if (damaged.filter(this::isRepairable).isPresent()) {
      Upload repair = Upload.repair(LayerId.random(), image, damaged.get(), now, expires);
      uploads.create(repair);
      return progress.of(repair, 0, parts);
    }
    Slicing slicing = Slicing.of(wanted.size(), settings.shardSize());
    Upload upload =
        Upload.open(
            LayerId.random(),
            image,
            wanted.digest(),
            slicing,
            now,
            expires);
    uploads.create(upload);
    return progress.ofNew(upload, parts);
  }

  /** Without records that prove the digest, nobody knows which bytes belong there. */
  private boolean isRepairable(Layer damaged) {
    List<Shard> records = shards.from(damaged.id(), 0, Slicing.MOST_SHARDS);
    return damaged.verdict(records) instanceof Verdict.Proven;
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
