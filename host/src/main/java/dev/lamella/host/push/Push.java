package dev.lamella.host.push;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.push.PushReport.PushedLayer;
import dev.lamella.host.source.Region;
import dev.lamella.host.source.SourceImage;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.work.Crew;
import dev.lamella.host.work.Places;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The method's upload on the container host: asks what is missing, sends that in parallel, then
 * puts the manifests.
 */
public final class Push {
  /**
   * Each has a thread that hashes: enough that latency does not count, few enough for the cores.
   */
  private static final int LAYERS_AT_ONCE = 8;

  /** The store takes 1,000 layers in a request. */
  private static final int LAYERS_IN_REQUEST = 500;

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
    return new Run(image, name, tag).run();
  }

  private final class Run {
    private final long start = System.nanoTime();
    private final Meter meter = new Meter();
    private final StoreClient metered = store.meteredBy(meter);
    private final SourceImage image;
    private final RepositoryName name;
    private final Tag tag;
    private final Unreachable unreachable = new Unreachable();
    private final Map<Digest, PushedLayer> done = new ConcurrentHashMap<>();

    Run(SourceImage image, RepositoryName name, Tag tag) {
      this.image = image;
      this.name = name;
      this.tag = tag;
    }

    PushReport run() {
      List<Descriptor> blobs = image.contents();
      pushBlobs(blobs);
      try {
        putManifests();
      } catch (StoreRefusal e) {
        if (!e.is(ErrorCode.MANIFEST_BLOB_UNKNOWN)) {
          throw e;
        }
        // A layer that was stored when we asked has been collected since.
        pushBlobs(blobs);
        putManifests();
      }
      List<PushedLayer> layers = blobs.stream().map(blob -> done.get(blob.digest())).toList();
      return new PushReport(
          name + ":" + tag,
          image.root().digest(),
          image.manifests().size(),
          image.referring().manifests().size(),
          layers,
          meter.sent(),
          meter.requests(),
          millisSince(start));
    }

    private void pushBlobs(Collection<Descriptor> blobs) {
      Map<Digest, Descriptor> wanted = new LinkedHashMap<>();
      blobs.forEach(blob -> wanted.put(blob.digest(), blob));
      Crew crew = new Crew();
      Places layers = new Places(LAYERS_AT_ONCE);
      Places connections = new Places(parallel);
      for (List<Descriptor> asked : inGroups(List.copyOf(blobs))) {
        UploadAnswer answer = request(asked, true);
        answer.stored().forEach(this::alreadyStored);
        for (UploadProgress missing : answer.missing()) {
          Descriptor blob = wanted.get(missing.digest());
          if (blob != null) {
            progress.begin(blob.digest(), blob.size());
            layers.start(crew, () -> tryToPush(blob, missing, connections));
          }
        }
      }
      crew.join();
      unreachable.require();
    }

    private void tryToPush(Descriptor blob, UploadProgress missing, Places connections) {
      try {
        pushBlob(blob, missing, connections);
      } catch (NotStored e) {
        unreachable.add(e);
        progress.end(blob.digest(), "not stored; other layers go on");
      }
    }

    private UploadAnswer request(List<Descriptor> blobs, boolean resume) {
      List<Wanted> wanted = new ArrayList<>();
      for (Descriptor blob : blobs) {
        wanted.add(
            new Wanted(
                blob.digest(),
                blob.size(),
                Optional.of(blob.mediaType()),
                resume ? notes.find(store.base(), name, blob.digest()) : Optional.empty()));
      }
      UploadAnswer answer = metered.request(new UploadRequest(name, wanted));
      answer.missing().forEach(this::remember);
      return answer;
    }

    private void remember(UploadProgress missing) {
      try {
        notes.keep(store.base(), name, missing.digest(), missing.upload());
      } catch (IOException e) {
        progress.note("this push could not be resumed if it were interrupted: " + e.getMessage());
      }
    }

    private void alreadyStored(StoredLayer stored) {
      done.putIfAbsent(stored.digest(), PushedLayer.of(stored, false, new Meter(), 0));
      progress.end(stored.digest(), "stored already");
    }

    private void pushBlob(Descriptor blob, UploadProgress missing, Places connections) {
      long begun = System.nanoTime();
      Meter own = meter.part();
      Region region = image.blobs().get(blob.digest());
      if (region == null) {
        throw new IllegalStateException("the source has no " + blob.digest());
      }
      StoredLayer stored;
      try (FileChannel channel = region.open()) {
        stored = push(blob, missing, connections, own, channel, region);
      } catch (IOException e) {
        throw LocalFile.failure("read", region.file(), e);
      }
      notes.forget(store.base(), name, blob.digest());
      done.put(blob.digest(), PushedLayer.of(stored, true, own, millisSince(begun)));
      progress.end(blob.digest(), "sent");
    }

    private StoredLayer push(
        Descriptor blob,
        UploadProgress missing,
        Places connections,
        Meter own,
        FileChannel channel,
        Region region) {
      // An answer about many layers may not have had room for all that is known of one.
      boolean isCutShort = missing.parts().isEmpty() && missing.next().isPresent();
      UploadProgress upload = isCutShort ? store.progress(missing.upload(), 0) : missing;
      for (boolean isLast = false; ; isLast = true) {
        LayerPush layer =
            new LayerPush(
                store.meteredBy(own), connections, progress, blob, channel, region, upload);
        try {
          return layer.run();
        } catch (StaleUpload e) {
          layer.end();
          if (isLast) {
            throw e.failure();
          }
        }
        UploadAnswer again = request(List.of(blob), false);
        if (again.missing().isEmpty()) {
          return again.stored().getFirst();
        }
        upload = again.missing().getFirst();
      }
    }

    /** The tag comes last: whoever finds the image by it finds what refers to it too. */
    private void putManifests() {
      Referring referring = image.referring();
      image.all().stream()
          .filter(manifest -> !manifest.equals(image.root()) || !referring.isEmpty())
          .forEach(manifest -> referring.references(manifest).forEach(to -> put(to, manifest)));
      put(tag, image.root());
    }

    private void put(Reference to, Manifest manifest) {
      metered.putManifest(name, to, new ManifestBytes(manifest.mediaType(), manifest.bytes()));
    }
  }

  private static List<List<Descriptor>> inGroups(List<Descriptor> all) {
    List<List<Descriptor>> groups = new ArrayList<>();
    for (int from = 0; from < all.size(); from += LAYERS_IN_REQUEST) {
      groups.add(all.subList(from, Math.min(all.size(), from + LAYERS_IN_REQUEST)));
    }
    return groups;
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
