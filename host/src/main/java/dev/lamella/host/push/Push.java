package dev.lamella.host.push;

import dev.lamella.core.Descriptor;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.Referring;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.source.SourceImage;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.transfer.UploadMemory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The method's upload on the container host: asks what is missing, sends that in parallel, then
 * puts the manifests.
 */
public final class Push {
  private final StoreClient store;
  private final UploadNotes notes;
  private final Progress progress;
  private final int parallel;

  /**
   * @param parallel connections for parts, over all layers
   */
  public Push(StoreClient store, UploadNotes notes, Progress progress, int parallel) {
    if (parallel < 1) {
      throw new IllegalArgumentException("at least one connection is needed, not " + parallel);
    }
    this.store = store;
    this.notes = notes;
    this.progress = progress;
    this.parallel = parallel;
  }

  /**
   * Pushes an image. Called again after it failed or was killed, it goes on where it stopped.
   *
   * @throws dev.lamella.host.outcome.HostFailure with the exit code that says why; the tag has not
   *     changed then
   */
  public PushReport run(SourceImage image, RepositoryName name, Tag tag) {
    long start = System.nanoTime();
    Meter meter = new Meter();
    StoreClient metered = store.meteredBy(meter);
    BlobsPush blobs =
        new BlobsPush(store, name, memory(name), image.blobs(), parallel, progress, meter);
    List<Descriptor> contents = image.contents();
    blobs.push(contents);
    try {
      putManifests(metered, image, name, tag);
    } catch (StoreRefusal e) {
      if (!e.is(ErrorCode.MANIFEST_BLOB_UNKNOWN)) {
        throw e;
      }
      // A layer that was stored when we asked has been collected since.
      blobs.push(contents);
      putManifests(metered, image, name, tag);
    }
    return new PushReport(
        name + ":" + tag,
        image.root().digest(),
        image.manifests().size(),
        image.referring().manifests().size(),
        blobs.of(contents),
        meter.sent(),
        meter.requests(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private UploadMemory memory(RepositoryName name) {
    return notes.of(
        store.base(),
        name,
        e ->
            progress.note(
                "this push could not be resumed if it were interrupted: " + e.getMessage()));
  }

  /** The tag comes last: whoever finds the image by it finds what refers to it too. */
  private static void putManifests(
      StoreClient store, SourceImage image, RepositoryName name, Tag tag) {
    Referring referring = image.referring();
    image.all().stream()
        .filter(manifest -> !manifest.equals(image.root()) || !referring.isEmpty())
        .forEach(
            manifest ->
                referring.references(manifest).forEach(to -> put(store, name, to, manifest)));
    put(store, name, tag, image.root());
  }

  private static void put(StoreClient store, RepositoryName name, Reference to, Manifest manifest) {
    store.putManifest(name, to, new ManifestBytes(manifest.mediaType(), manifest.bytes()));
  }
}
