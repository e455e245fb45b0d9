package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes a layer visible whose last shard record is written, where they prove its digest. */
final class CommitLayer {
  private static final Logger LOG = System.getLogger(CommitLayer.class.getName());

  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final Staging staging;
  private final InstantSource clock;

  CommitLayer(LayerIndex layers, UploadIndex uploads, Staging staging, InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.staging = staging;
    this.clock = clock;
  }

  /**
   * The layer, where this upload was committed before, or another one was first. Removes what a
   * commit that died left in staging. Idempotent.
   */
  Optional<Layer> committed(Upload upload, Digest digest) {
    if (upload.state() == Upload.State.OPEN || !layers.isLinked(upload.image(), digest)) {
      return Optional.empty();
    }
    discardParts(upload);
    return layers.find(digest);
  }

  /**
   * Idempotent.
   *
   * @param shards all of them, in order of index
   * @return the layer that is stored: that of another upload, where one was first
   * @throws Refusal {@code DIGEST_INVALID} where they do not prove the digest; {@code
   *     BLOB_UPLOAD_UNKNOWN} where the upload has been ended
   */
  Layer commit(Upload upload, List<Shard> shards) {
    // What the pass over it found was noted since; and of what it is, the first to say so decides.
    Upload proven = uploads.find(upload.id()).orElse(upload);
    Instant now = clock.instant();
    Map<String, Integer> servers =
        shards.stream()
            .flatMap(shard -> shard.copies().stream())
            .collect(Collectors.toMap(Copy::server, _ -> 1, Integer::sum));
    Layer layer =
        new Layer(
            proven.digest(), proven.id(), proven.slicing(), servers, now, now, Optional.empty());
    switch (layers.commit(proven, Proof.require(proven, layer, shards))) {
      case COMMITTED, ALREADY_STORED -> {}
      case NOT_OPEN ->
          throw new Refusal(
              ErrorCode.BLOB_UPLOAD_UNKNOWN,
              "upload "
                  + upload.id()
                  + " was ended: send a new upload request for "
                  + proven.digest());
    }
    discardParts(upload);
    return layers.find(proven.digest()).orElse(layer);
  }

  /** The layer is stored: what cannot be removed now expires by itself, and is no failure. */
  private void discardParts(Upload upload) {
    if (upload.source() instanceof Upload.Source.Call) {
      return; // Nothing was staged.
    }
    try {
      staging.remove(upload.id());
    } catch (Unavailable e) {
      LOG.log(Level.WARNING, "parts of upload " + upload.id() + " stay until they expire", e);
    }
  }
}
