package dev.lamella.metadata;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.port.Assemblers;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.AwaitLate;
import dev.lamella.core.read.CollectionReports;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.ListReferrers;
import dev.lamella.core.read.ListTags;
import dev.lamella.core.read.LocateBlob;
import dev.lamella.core.read.MapShards;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.read.ReportReceived;
import dev.lamella.core.read.ServedLayers;
import dev.lamella.core.read.SignedInOnly;
import dev.lamella.core.read.VerificationReports;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The function {@code metadata}: the read side. */
public final class MetadataHandler extends Gateway {
  /** Well under the 29 s after which API Gateway gives up. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  public MetadataHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public MetadataHandler(Map<String, String> environment, InstantSource clock) {
    this(new Environment(environment), clock);
  }

  private MetadataHandler(Environment environment, InstantSource clock) {
    this(environment, new Adapters(environment), clock);
  }

  private MetadataHandler(Environment environment, Adapters adapters, InstantSource clock) {
    super(
        new Router(
            routes(adapters, clock),
            TokenCallers.where(
                environment.required("SIGN_IN"),
                environment.required("SERVICE"),
                adapters.trust(),
                clock)));
  }

  /**
   * What it answers.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static List<Route> routes(Map<String, String> environment) {
    return routes(new Adapters(new Environment(environment)), InstantSource.system());
  }

  private static List<Route> routes(Adapters adapters, InstantSource clock) {
    LayerIndex layers = adapters.layers();
    ShardIndex shards = adapters.shards();
    ShardStore store = adapters.shardStore();
    UploadIndex uploads = adapters.uploads();
    ImageIndex index = adapters.images();
    Staging staging = adapters.staging();
    AwaitLate late = new AwaitLate(layers, uploads, staging, adapters.janitor(), PATIENCE, clock);
    ServedLayers served = new ServedLayers(layers, late::find);
    // What anonymous callers ask for costs a few reads: for them nothing is sliced or put together.
    ServedLayers asTheyAre = new ServedLayers(layers, (_, _) -> Optional.empty());
    Images images = new Images(index, layers);
    MetadataRoutes own =
        new MetadataRoutes(
            images,
            new MapShards(served, shards, store),
            new MapShards(asTheyAre, shards, store),
            new ReportProgress(uploads, new IntactShards(shards, layers), staging),
            new CollectionReports(adapters.collections()),
            new VerificationReports(adapters.reports(), layers, shards));
    ManifestRoutes manifests =
        new ManifestRoutes(images, new ListTags(index), new ListReferrers(index));
    BlobRoutes blobs =
        new BlobRoutes(
            locateBlob(adapters, served, adapters.assemblers(), clock),
            locateBlob(adapters, asTheyAre, new SignedInOnly(), clock),
            new ReportReceived(uploads, clock));
    return Stream.of(own.routes(), blobs.routes(), manifests.routes())
        .flatMap(List::stream)
        .toList();
  }

  private static LocateBlob locateBlob(
      Adapters adapters, ServedLayers served, Assemblers assemblers, InstantSource clock) {
    return new LocateBlob(
        served,
        adapters.shards(),
        adapters.shardStore(),
        adapters.assemblies(),
        adapters.assembledLayers(),
        assemblers,
        PATIENCE,
        clock);
  }
}
