package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Reference;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.ImageManifest;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.image.Referrers;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport.AbsentLayer;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The method's download on the container host: gets the image's metadata, determines which layers
 * are lacking, and fetches their shards in parallel.
 */
public final class Pull {
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
   * fetches the rest. A layer that may be kept elsewhere and is not stored is left out and
   * reported, and so is what refers to the image and cannot be had.
   *
   * @throws dev.lamella.host.outcome.HostFailure with the exit code that says why; nothing has got
   *     its final name that is not proven
   */
  public PullReport run(ImageName name, Path path) {
    long start = System.nanoTime();
    Meter meter = new Meter();
    StoreClient metered = store.meteredBy(meter);
    Shortfall shortfall = new Shortfall();
    List<Manifest> manifests = manifests(metered, name);
    PulledImage image =
        new PulledImage(name, manifests, referring(metered, name, manifests, shortfall));
    BlobsPull blobs;
    Contents contents;
    try (Target target = Target.open(path, options.durable())) {
      blobs = new BlobsPull(store, name.name(), target, options.parallel(), progress, meter);
      contents = prepare(image, metered, target);
      // These come first, so that the image is whole whichever of them cannot be had.
      Map<Digest, HostFailure> missing = blobs.tryToGet(contents.besides());
      while (!missing.isEmpty()) {
        image = image.with(shortfall.leaveOut(image.referring(), missing));
        contents = prepare(image, metered, target);
        missing = blobs.tryToGet(contents.besides());
      }
      blobs.get(contents.own());
      target.finish();
    }
    return new PullReport(
        name.toString(),
        image.root().digest(),
        path.toString(),
        manifests.size(),
        image.referring().manifests().size(),
        blobs.of(contents.pulled()),
        contents.absent().stream().map(AbsentLayer::of).toList(),
        shortfall.all(),
        meter.received(),
        meter.requests(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private Referring referring(
      StoreClient metered, ImageName name, List<Manifest> manifests, Shortfall shortfall) {
    return options.withReferrers()
        ? Referrers.of(
            manifests,
            new StoreReferrers(metered, name.name()),
            shortfall::leaveOut,
            ExitCode.REFUSED)
        : Referring.NONE;
  }

  private static Contents prepare(PulledImage image, StoreClient metered, Target target) {
    Contents contents = Contents.of(image, metered, target);
    target.prepare(image, contents.pulled());
    return contents;
  }

  private List<Manifest> manifests(StoreClient metered, ImageName name) {
    ManifestBytes root = metered.manifest(name.name(), name.reference());
    Digest digest =
        switch (name.reference()) {
          case Reference.ByDigest(Digest wanted) -> wanted;
          case Reference.Tag _ -> Digest.of(Algorithm.SHA256, root.bytes());
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
}
