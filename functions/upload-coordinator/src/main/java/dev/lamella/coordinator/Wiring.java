package dev.lamella.coordinator;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Limits;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.collect.StartCollection;
import dev.lamella.core.placement.Placement;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.upload.AcceptParts;
import dev.lamella.core.upload.Admission;
import dev.lamella.core.upload.CompleteUpload;
import dev.lamella.core.upload.DeleteManifest;
import dev.lamella.core.upload.EndUpload;
import dev.lamella.core.upload.FanOut;
import dev.lamella.core.upload.FinishBlob;
import dev.lamella.core.upload.OpenBlob;
import dev.lamella.core.upload.OpenUnsized;
import dev.lamella.core.upload.PutManifest;
import dev.lamella.core.upload.PutSmallBlob;
import dev.lamella.core.upload.ReadableLayers;
import dev.lamella.core.upload.ReceiveChunk;
import dev.lamella.core.upload.RequestUpload;
import dev.lamella.core.upload.SettleUpload;
import dev.lamella.core.upload.StagedWhole;
import dev.lamella.core.upload.UnlinkBlob;
import dev.lamella.core.upload.UploadSettings;
import dev.lamella.core.verify.LayersInScope;
import dev.lamella.core.verify.StartVerification;
import dev.lamella.gateway.Route;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts the write side together from a function's environment. */
final class Wiring {
  private static final int USUAL_SHARD = 8 << 20;
  private static final int USUAL_BATCH = 4;
  private static final int MOST_BATCH = 64;
  private static final int USUAL_LIFETIME_HOURS = 24;
  private static final int MOST_LIFETIME_HOURS = 168;
  private static final int USUAL_LAYER_GIB = 200;
  private static final int MOST_LAYER_GIB = (int) (Slicing.LARGEST_LAYER >> 30);
  private static final int USUAL_STAGED_GIB = 1_000;
  private static final int MOST_STAGED_GIB = (int) (Limits.MOST_BYTES >> 30);
  private static final int USUAL_RATE = 6_000;

  /**
   * Well under the 29 s after which API Gateway gives up, with time left to commit 10,000 shards.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Wiring() {}

  static List<Route> routes(Environment environment, Adapters adapters, InstantSource clock) {
    LayerIndex layers = adapters.layers();
    ShardIndex shards = adapters.shards();
    UploadIndex uploads = adapters.uploads();
    Staging staging = adapters.staging();
    UploadSettings settings = settings(environment);
    FanOut fanOut =
        new FanOut(
            uploads,
            new Placement(environment.storageServers()),
            adapters.shardWriters(),
            settings.shardsPerBatch(),
            clock);
    ChainEngine engine = ChainEngine.best();
    IntactShards intact = new IntactShards(shards, layers);
    ReportProgress progress = new ReportProgress(uploads, intact, staging);
    ReadableLayers readable = new ReadableLayers(layers, clock);
    SettleUpload settleUpload =
        new SettleUpload(
            layers, uploads, staging, intact, fanOut, engine, settings.patience(), clock);
    Admission admission =
        new Admission(
            adapters.openUploads(),
            uploads,
            allowance(environment),
            settings.uploadLifetime(),
            clock);
    EndUpload endUpload = new EndUpload(uploads, staging, clock);
    ReceiveChunk receiveChunk =
        new ReceiveChunk(uploads, staging, settleUpload, admission, engine, clock);
    PutSmallBlob putSmallBlob =
        new PutSmallBlob(layers, uploads, fanOut, settleUpload, engine, settings, clock);
    StagedWhole stagedWhole =
        new StagedWhole(layers, uploads, staging, fanOut, settleUpload, clock);
    ImageIndex images = adapters.images();
    UploadCoordinatorRoutes own =
        new UploadCoordinatorRoutes(
            new RequestUpload(
                layers, shards, uploads, progress, readable, admission, settings, clock),
            new OpenUnsized(uploads, progress, admission, settings, clock),
            new AcceptParts(uploads, staging, intact, fanOut, admission, clock),
            new CompleteUpload(uploads, staging, settleUpload, progress, clock),
            endUpload,
            new StartCollection(adapters.collections(), adapters.janitor(), clock),
            new StartVerification(
                adapters.reports(),
                new LayersInScope(layers, images),
                adapters.verifiers(environment.required("VERIFIER")),
                environment.verification(),
                clock));
    Optional<Staging> direct =
        environment.optional("DIRECT_UPLOADS").filter("true"::equals).map(_ -> staging);
    OpenBlob openBlob = new OpenBlob(uploads, direct, admission, settings, clock);
    BlobRoutes blobs =
        new BlobRoutes(
            openBlob,
            readable,
            receiveChunk,
            new FinishBlob(
                uploads,
                openBlob,
                putSmallBlob,
                receiveChunk,
                stagedWhole,
                settleUpload,
                endUpload,
                admission,
                clock),
            endUpload,
            new UnlinkBlob(layers, clock));
    ManifestRoutes manifests =
        new ManifestRoutes(
            new PutManifest(images, stagedWhole, admission, clock),
            new DeleteManifest(images, clock));
    return Stream.of(own.routes(), blobs.routes(), manifests.routes())
        .flatMap(List::stream)
        .toList();
  }

  /** What every account may use at a time that has no limits of its own. */
  private static Allowance allowance(Environment environment) {
    return new Allowance(
        (long) environment.number("MOST_LAYER_GIB", USUAL_LAYER_GIB, 1, MOST_LAYER_GIB) << 30,
        environment.number("MOST_UPLOADS", Limits.MOST_UPLOADS, 1, Limits.MOST_UPLOADS),
        (long) environment.number("MOST_STAGED_GIB", USUAL_STAGED_GIB, 1, MOST_STAGED_GIB) << 30,
        environment.number("MOST_UPLOADS_PER_MINUTE", USUAL_RATE, 1, Limits.MOST_PER_MINUTE));
  }

  private static UploadSettings settings(Environment environment) {
    int lifetime =
        environment.number("UPLOAD_LIFETIME_HOURS", USUAL_LIFETIME_HOURS, 1, MOST_LIFETIME_HOURS);
    int shardSize =
        environment.number(
            "SHARD_SIZE", USUAL_SHARD, Slicing.SMALLEST_SHARD, Slicing.LARGEST_SHARD);
    Slicing.requireShardSize(shardSize);
    return new UploadSettings(
        shardSize,
        environment.number("SHARDS_PER_BATCH", USUAL_BATCH, 1, MOST_BATCH),
        Duration.ofHours(lifetime),
        PATIENCE);
  }
}
