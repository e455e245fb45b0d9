package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Reference;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.Hashes;
import dev.lamella.host.image.ImageManifest;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport.AbsentLayer;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Crew;
import dev.lamella.host.work.Places;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The method's download on the container host: gets the image's metadata, determines which layers
 * are lacking, and fetches their shards in parallel.
 */
public final class Pull {
  private static final int LAYERS_AT_ONCE = 8;

  private final StoreClient store;
  private final Progress progress;
  private final PullOptions options;

  public Pull(StoreClient store, Progress progress, PullOptions options) {
    this.store = store;
    this.progress = progress;
    this.options = options;
  }

  /**
   * Pulls an image into an OCI image layout directory, or an OCI archive where the target's name
   * ends in {@code .tar}. Called again after it failed or was killed, it proves what is there and
   * fetches the rest. A layer that may be kept elsewhere and is not stored is left out, and
   * reported.
   *
   * @throws dev.lamella.host.outcome.HostFailure with the exit code that says why; nothing has got
   *     its final name that is not proven
   */
  public PullReport run(ImageName name, Path path) {
    long start = System.nanoTime();
    Meter meter = new Meter();
    StoreClient metered = store.meteredBy(meter);
    List<Manifest> manifests = manifests(metered, name);
    List<PulledLayer> layers;
    Contents contents;
    try (Target target = Target.open(path, options.durable())) {
      contents = Contents.of(manifests, metered, name.name(), target);
      target.prepare(name, manifests, contents.pulled());
      layers = pull(name, contents.pulled(), target, meter);
      target.finish();
    }
    return new PullReport(
        name.toString(),
        manifests.getLast().digest(),
        path.toString(),
        manifests.size(),
        layers,
        contents.absent().stream().map(AbsentLayer::of).toList(),
        meter.received(),
        meter.requests(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private List<Manifest> manifests(StoreClient metered, ImageName name) {
    ManifestBytes root = metered.manifest(name.name(), name.reference());
    Digest digest =
        switch (name.reference()) {
          case Reference.ByDigest(Digest wanted) -> wanted;
          case Reference.Tag _ -> Hashes.digest(Algorithm.SHA256, root.bytes());
        };
    Descriptor first = new Descriptor(root.mediaType(), digest, root.bytes().length);
    return ManifestTree.of(
        first,
        wanted -> wanted.digest().equals(digest) ? root.bytes() : bytes(metered, name, wanted),
        options.platform(),
        ExitCode.REFUSED);
  }

  private static byte[] bytes(StoreClient metered, ImageName name, Descriptor wanted) {
    return ImageManifest.isConfig(wanted)
        ? SmallBlob.get(metered, name.name(), wanted)
        : metered.manifest(name.name(), new Reference.ByDigest(wanted.digest())).bytes();
  }

  private List<PulledLayer> pull(
      ImageName name, Collection<Descriptor> blobs, Target target, Meter meter) {
    Map<Digest, PulledLayer> done = new ConcurrentHashMap<>();
    Crew crew = new Crew();
    Places layers = new Places(LAYERS_AT_ONCE);
    Places connections = new Places(options.parallel());
    for (Descriptor blob : blobs) {
      Meter own = meter.part();
      LayerPull layer =
          new LayerPull(
              store.meteredBy(own), name.name(), blob, target, connections, progress, own);
      layers.start(crew, () -> done.put(blob.digest(), layer.run()));
    }
    crew.join();
    return blobs.stream()
        .flatMap(blob -> Optional.ofNullable(done.get(blob.digest())).stream())
        .toList();
  }
}
