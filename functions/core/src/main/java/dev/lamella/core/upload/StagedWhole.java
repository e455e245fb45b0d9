package dev.lamella.core.upload;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Layers that clients put to staging whole, by a URL of their own, without a call to the API. A
 * serial pass slices one and finds out what its digest is; until then no claim is believed.
 */
public final class StagedWhole implements LateLayers {
  /** Uploads of an image that are looked at: what a client has open at a time, many times over. */
  private static final int MOST_UPLOADS = 1_000;

  private static final int WIDTH = 16;

  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final Staging staging;
  private final FanOut fanOut;
  private final MissingShards missingShards;
  private final SettleUpload settleUpload;
  private final CommitLayer commitLayer;
  private final InstantSource clock;

  public StagedWhole(
      LayerIndex layers,
      UploadIndex uploads,
      Staging staging,
      FanOut fanOut,
      SettleUpload settleUpload,
      InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.staging = staging;
    this.fanOut = fanOut;
    this.missingShards = settleUpload.missingShards();
    this.settleUpload = settleUpload;
    this.commitLayer = settleUpload.commitLayer();
    this.clock = clock;
  }

  /**
   * The upload, to be settled, where its layer is in staging.
   *
   * @param admission is given the bytes of what is found there, before it is sliced
   */
  Optional<Upload> find(Upload upload, LongConsumer admission) {
    if (!upload.isUntouched()) {
      return Optional.of(upload).filter(found -> found.source() instanceof Source.Whole);
    }
    OptionalLong size = staging.length(upload.id(), StagedPart.WHOLE);
    if (size.isEmpty()) {
      return Optional.empty();
    }
    admission.accept(size.getAsLong());
    Upload whole = upload.withWhole(size.getAsLong());
    if (uploads.receive(upload, whole, List.of(), Map.of())) {
      fanOut.dispatchSerially(whole);
    }
    return uploads.find(upload.id()).filter(found -> found.source() instanceof Source.Whole);
  }

  @Override
  public void store(RepositoryName image, List<Descriptor> missing) {
    Set<Long> sizes = missing.stream().map(Descriptor::size).collect(Collectors.toSet());
    Set<Digest> named = missing.stream().map(Descriptor::digest).collect(Collectors.toSet());
    List<Upload> found =
        candidates(image).stream()
            .filter(upload -> sizes.contains(upload.slicing().size()))
            .toList();
    if (!areSettled(found, named::contains)) {
      // Clients that put layers whole try again after 429, and not after 503.
      throw new Refusal(
          ErrorCode.TOOMANYREQUESTS,
          "layers of the manifest are still being sliced: send the manifest again");
    }
  }

  /**
   * Stores those that manifests of the image named before they came ({@link LayerIndex#isAwaited}).
   * Idempotent.
   *
   * @return false where some are still being sliced
   */
  public boolean storeLate(RepositoryName image) {
    return areSettled(candidates(image), digest -> layers.isAwaited(image, digest));
  }

  /**
   * Stores the layer of an upload that may have expired, and is not to be ended before that, where
   * manifests named it before it came. Idempotent.
   *
   * @return false where it is still being sliced
   */
  public boolean storeLate(Upload upload) {
    boolean mayBe = upload.isUntouched() || upload.source() instanceof Source.Whole;
    if (!mayBe || !layers.mayAwait(upload.image())) {
      return true;
    }
    return areSettled(
        find(upload, _ -> {}).stream().toList(),
        digest -> layers.isAwaited(upload.image(), digest));
  }

  private List<Upload> candidates(RepositoryName image) {
    return Parallel.map(
            uploads.expectedWhole(image, MOST_UPLOADS), WIDTH, id -> candidate(image, id))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private boolean areSettled(List<Upload> found, Predicate<Digest> isNamed) {
    return Parallel.map(found, WIDTH, upload -> isSettled(upload, isNamed)).stream()
        .allMatch(settled -> settled);
  }

  private Optional<Upload> candidate(RepositoryName image, LayerId id) {
    Optional<Upload> open = uploads.find(id).filter(upload -> upload.isOpen(clock.instant()));
    if (open.isEmpty()) {
      uploads.expectNoMore(image, id);
      return Optional.empty();
    }
    return find(open.get(), _ -> {});
  }

  /**
   * @return false where its shards are still being written
   */
  private boolean isSettled(Upload upload, Predicate<Digest> isNamed) {
    Optional<List<Shard>> written;
    try {
      written = settleUpload.write(upload, missingShards::handOver);
    } catch (Refusal e) {
      // What is in staging changed while it was read, or is gone: no layer comes of this upload.
      uploads.end(upload.id());
      return true;
    }
    written.ifPresent(shards -> claim(upload, shards, isNamed));
    return written.isPresent();
  }

  private void claim(Upload upload, List<Shard> shards, Predicate<Digest> isNamed) {
    ChainState end = shards.getLast().link().after();
    Optional<Digest> proven =
        uploads
            .find(upload.id())
            .flatMap(Upload::proven)
            .filter(found -> found.end().equals(end))
            .map(Proven::digest);
    Digest sha256 = Digest.sha256(end.bytes());
    Optional<Digest> named =
        Stream.concat(Stream.of(sha256), proven.stream()).filter(isNamed).findFirst();
    if (named.isEmpty()) {
      return;
    }
    uploads.receive(upload, upload.withClaim(named.get()), List.of(), Map.of());
    // Where two manifests name it by two digests, the first one decides.
    uploads
        .find(upload.id())
        .filter(claimed -> claimed.claimed().equals(named))
        .ifPresent(claimed -> commitLayer.commit(claimed, shards));
  }
}
