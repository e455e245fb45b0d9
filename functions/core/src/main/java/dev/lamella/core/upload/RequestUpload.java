package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.upload.BeginUploads.Fresh;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
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

  /**
   * Indexes of shards in one answer, of all uploads that were begun before: 600 KB, and what the
   * last of them has. A rejection says why, and so counts as many.
   */
  private static final int MOST_INDEXES = 100_000;

  private static final int REJECTION = 32;

  /** Layers looked up at a time: each takes up to three requests, one after the other. */
  private static final int WIDTH = 32;

  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final ReportProgress progress;
  private final ReadableLayers readable;
  private final BeginUploads beginUploads;
  private final Admission admission;
  private final InstantSource clock;

  public RequestUpload(
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      ReportProgress progress,
      ReadableLayers readable,
      Admission admission,
      UploadSettings settings,
      InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.progress = progress;
    this.readable = readable;
    this.beginUploads = new BeginUploads(uploads, shards, admission, settings, clock);
    this.admission = admission;
    this.clock = clock;
  }

  /**
   * A damaged layer counts as missing, and of it only the damaged shards are to be sent. Called
   * twice, it opens a second upload for each missing layer, unless the first is named as the one to
   * resume. An unsized upload that is resumed becomes that of the layer.
   *
   * @throws Refusal {@code DENIED}; {@code SIZE_INVALID} where a size is not possible, or is not
   *     the stored layer's; {@code TOO_LARGE} or {@code TOOMANYREQUESTS} where the caller has no
   *     room for all that would be opened: then nothing is
   */
  public UploadAnswer answer(Caller caller, UploadRequest request) {
    caller.require(Action.PUSH, request.image());
    List<StoredLayer> stored = new ArrayList<>();
    List<UploadProgress> missing = new ArrayList<>();
    int parts = MOST_PARTS;
    int indexes = MOST_INDEXES;
    List<Found> all =
        Parallel.map(distinct(request), WIDTH, one -> find(caller, request.image(), one));
    beginUploads.begin(caller, all.stream().flatMap(found -> found.fresh().stream()).toList());
    for (Found found : all) {
      switch (found) {
        case Found.Stored(StoredLayer layer) -> stored.add(layer);
        case Found.Begun(Upload upload, var _) -> {
          UploadProgress begun =
              parts > 0 && indexes > 0
                  ? progress.of(upload, 0, parts)
                  : progress.ofNew(upload, 0); // It is to be asked for by itself.
          indexes -=
              begun.written().size() + begun.staged().size() + REJECTION * begun.rejected().size();
          missing.add(begun);
        }
        case Found.Opened(Fresh fresh) -> missing.add(progress.ofNew(fresh.upload(), parts));
      }
      parts = MOST_PARTS - missing.stream().mapToInt(upload -> upload.parts().size()).sum();
    }
    return new UploadAnswer(request.image(), stored, missing);
  }

  /** What becomes of a layer that a host names. */
  private sealed interface Found {
    record Stored(StoredLayer layer) implements Found {}

    /** An upload of which some shards are there: it was begun before, or repairs a layer. */
    record Begun(Upload upload, Optional<Fresh> repair) implements Found {
      @Override
      public Optional<Fresh> fresh() {
        return repair;
      }
    }

    record Opened(Fresh upload) implements Found {
      @Override
      public Optional<Fresh> fresh() {
        return Optional.of(upload);
      }
    }

    /** The upload that is to be opened for it. */
    default Optional<Fresh> fresh() {
      return Optional.empty();
    }
  }

  private Found find(Caller caller, RepositoryName image, Wanted wanted) {
    Optional<Layer> layer = readable(caller, image, wanted);
    Optional<Layer> damaged = layer.filter(Layer::isDamaged);
    boolean isStored =
        layer.isPresent()
            && damaged.isEmpty()
            && layers.link(image, wanted.digest(), clock.instant());
    if (isStored) {
      return new Found.Stored(StoredLayer.of(layer.orElseThrow(), wanted.mediaType()));
    }
    return resumed(caller, image, wanted, damaged)
        .<Found>map(upload -> new Found.Begun(upload, Optional.empty()))
        .or(
            () ->
                damaged
                    .flatMap(one -> beginUploads.repair(image, one))
                    .map(fresh -> new Found.Begun(fresh.upload(), Optional.of(fresh))))
        .orElseGet(() -> new Found.Opened(beginUploads.of(image, wanted)));
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

  private Optional<Layer> readable(Caller caller, RepositoryName image, Wanted wanted) {
    Optional<Layer> layer =
        layers
            .find(wanted.digest())
            .filter(_ -> readable.isReadable(caller, image, wanted.digest()));
    layer.ifPresent(found -> requireSize(wanted, found.slicing().size()));
    return layer;
  }

  private Optional<Upload> resumed(
      Caller caller, RepositoryName image, Wanted wanted, Optional<Layer> damaged) {
    Instant now = clock.instant();
    return wanted
        .resume()
        .flatMap(uploads::find)
        .filter(upload -> upload.image().equals(image))
        .map(upload -> claimed(caller, upload, wanted))
        .filter(upload -> upload.isOpen(now) && isFor(upload, wanted))
        .filter(
            upload ->
                upload.repairs().isEmpty() || upload.repairs().equals(damaged.map(Layer::id)));
  }

  /** An unsized upload is that of the layer which its host first says it is. */
  private Upload claimed(Caller caller, Upload upload, Wanted wanted) {
    Upload now = upload;
    while (now.isUnsized() && now.isOpen(clock.instant()) && now.mayHave(wanted.size())) {
      admission.claim(caller, now.id(), wanted.size());
      Upload after = now.withClaim(wanted.digest(), wanted.size());
      if (uploads.receive(now, after, List.of(), Map.of())) {
        return after;
      }
      now = uploads.find(upload.id()).orElse(upload.with(Upload.State.ENDED));
    }
    return now;
  }

  private static boolean isFor(Upload upload, Wanted wanted) {
    return upload.claimed().equals(Optional.of(wanted.digest()))
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
