package dev.lamella.contract;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.collect.Collect;
import dev.lamella.core.collect.CollectSettings;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.memory.MemoryOpenUploads;
import dev.lamella.core.memory.MemoryShardWriters;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.upload.Admission;
import dev.lamella.core.upload.CompleteUpload;
import dev.lamella.core.upload.FanOut;
import dev.lamella.core.upload.LateLayers;
import dev.lamella.core.upload.PutManifest;
import dev.lamella.core.upload.ReadableLayers;
import dev.lamella.core.upload.RequestUpload;
import dev.lamella.core.upload.SettleUpload;
import dev.lamella.core.upload.UploadSettings;
import dev.lamella.core.write.WriteShards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The functions over some ports, at some moment, without Lambda: a shard-writer works at once. */
final class Site {
  static final Duration GRACE = Duration.ofHours(2);
  static final Duration LIFETIME = Duration.ofHours(1);
  private static final int SHARD = 128;
  static final Tag TAG = new Tag("1");
  private static final int MOST_PUSHES = 20;
  private static final int PAGE = 100;

  /** What a host does with a URL that it got for a part. */
  @FunctionalInterface
  interface Sender {
    void send(LayerId upload, int index, byte[] part) throws Exception;
  }

  private final Ports ports;
  private final Sender sender;
  private final Instant now;
  private final RequestUpload request;
  private final CompleteUpload complete;
  private final PutManifest putManifest;
  private final Collect collect;

  Site(Ports ports, Sender sender, Instant now) {
    this.ports = ports;
    this.sender = sender;
    this.now = now;
    Indexes indexes = ports.indexes();
    UploadSettings settings = new UploadSettings(SHARD, 64, LIFETIME, Duration.ZERO);
    WriteShards writeShards =
        new WriteShards(
            indexes.uploads(),
            indexes.shards(),
            indexes.layers(),
            ports.staging(),
            ports.store(),
            (_, shard) -> "s" + shard % 2,
            ChainEngine.best(),
            () -> now,
            SHARD);
    FanOut fanOut =
        new FanOut(
            indexes.uploads(),
            (_, shard) -> "s" + shard % 2,
            new MemoryShardWriters(writeShards::write),
            settings.shardsPerBatch(),
            () -> now);
    IntactShards intact = new IntactShards(indexes.shards(), indexes.layers());
    ReportProgress progress = new ReportProgress(indexes.uploads(), intact, ports.staging());
    Admission admission = MemoryOpenUploads.roomForAll(indexes.uploads(), () -> now);
    request =
        new RequestUpload(
            indexes.layers(),
            indexes.shards(),
            indexes.uploads(),
            progress,
            new ReadableLayers(indexes.layers(), () -> now),
            admission,
            settings,
            () -> now);
    SettleUpload settleUpload =
        new SettleUpload(
            indexes.layers(),
            indexes.uploads(),
            ports.staging(),
            intact,
            fanOut,
            ChainEngine.best(),
            settings.patience(),
            () -> now);
    complete =
        new CompleteUpload(indexes.uploads(), ports.staging(), settleUpload, progress, () -> now);
    putManifest = new PutManifest(indexes.images(), LateLayers.NONE, admission, () -> now);
    collect =
        new Collect(
            ports.collections(),
            indexes.images(),
            indexes.layers(),
            indexes.shards(),
            indexes.uploads(),
            ports.staging(),
            ports.store(),
            ports.assembled(),
            indexes.assemblies(),
            _ -> true,
            new CollectSettings(GRACE, PAGE, 1),
            () -> now);
  }

  /** Asks for an upload of the layer, and sends its parts where it is not stored. */
  Optional<LayerId> send(RepositoryName image, byte[] layer) throws Exception {
    UploadRequest.Wanted wanted =
        new UploadRequest.Wanted(
            Samples.sha256(layer), layer.length, Optional.empty(), Optional.empty());
    List<UploadProgress> missing =
        request.answer(Caller.ANYBODY, new UploadRequest(image, List.of(wanted))).missing();
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    for (UploadProgress.Part part : missing.getFirst().parts()) {
      int from = (int) part.offset();
      sender.send(
          missing.getFirst().upload(),
          part.index(),
          Arrays.copyOfRange(layer, from, from + part.size()));
    }
    return Optional.of(missing.getFirst().upload());
  }

  /** As a host does, but without the manifest. */
  void upload(RepositoryName image, byte[] layer) throws Exception {
    Optional<LayerId> upload = send(image, layer);
    if (upload.isPresent()) {
      complete.complete(
          Caller.ANYBODY,
          upload.get(),
          new CompleteRequest(
              Samples.sha256(layer), layer.length, Optional.of(chain(layer).states())));
    }
  }

  /**
   * Pushes an image of one layer, as a host does that begins anew where it is told that something
   * is not there. Returns when the manifest is acknowledged.
   */
  void push(RepositoryName image, byte[] layer) throws Exception {
    for (int push = 0; push < MOST_PUSHES; push++) {
      try {
        upload(image, layer);
        putManifest(image, layer);
        return;
      } catch (Refusal e) {
        requireMissing(e);
      }
    }
    throw new AssertionError("refused " + MOST_PUSHES + " times");
  }

  /** Mounts a layer that another image has, and uses it at once; uploads it where it is gone. */
  void mount(RepositoryName image, byte[] layer) throws Exception {
    if (ports.indexes().layers().link(image, Samples.sha256(layer), now)) {
      try {
        putManifest(image, layer);
        return;
      } catch (Refusal e) {
        requireMissing(e);
      }
    }
    push(image, layer);
  }

  private void putManifest(RepositoryName image, byte[] layer) {
    Manifest manifest = Samples.manifest(List.of(Samples.sha256(layer)));
    putManifest.put(Caller.ANYBODY, image, TAG, manifest.mediaType(), manifest.bytes());
  }

  private static void requireMissing(Refusal e) {
    if (e.code() != ErrorCode.MANIFEST_BLOB_UNKNOWN && e.code() != ErrorCode.BLOB_UPLOAD_UNKNOWN) {
      throw e;
    }
  }

  /** A whole collection. */
  CollectionRun collect() {
    return collect(() -> true);
  }

  /** As the hourly schedule has it: not all objects and records are looked at. */
  CollectionRun collectHourly() {
    return collect.run(false, () -> true);
  }

  /** As far as there is time. */
  CollectionRun collect(BooleanSupplier hasTime) {
    return collect.run(true, hasTime);
  }

  /** The layer as an image gives it, or empty where it does not. */
  Optional<byte[]> pull(RepositoryName image, Digest digest) throws IOException {
    Optional<Layer> layer = ports.indexes().layers().find(digest);
    if (layer.isEmpty() || !ports.indexes().layers().isLinked(image, digest)) {
      return Optional.empty();
    }
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    for (Shard shard : ports.indexes().shards().from(layer.get().id(), 0, 10_000)) {
      try (InputStream in = ports.store().read(shard.copies().getFirst())) {
        in.transferTo(merged);
      }
    }
    return Optional.of(merged.toByteArray());
  }

  private static Chain chain(byte[] layer) {
    return Chain.of(ChainEngine.best(), layer, SHARD);
  }
}
