package dev.lamella.host.push;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.push.PushReport.PushedLayer;
import dev.lamella.host.source.OpenRegion;
import dev.lamella.host.source.Region;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.BlobUploads;
import dev.lamella.host.transfer.NotStored;
import dev.lamella.host.transfer.PushBlob;
import dev.lamella.host.transfer.UploadMemory;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Sends those blobs of an image that the store lacks, several at a time. */
final class BlobsPush {
  /**
   * Each has a thread that hashes: enough that latency does not count, few enough for the cores.
   */
  private static final int LAYERS_AT_ONCE = 8;

  /** The store takes 1,000 layers in a request. */
  private static final int LAYERS_IN_REQUEST = 500;

  private final StoreClient store;
  private final BlobUploads uploads;
  private final Map<Digest, Region> regions;
  private final Permits connections;
  private final Progress progress;
  private final Meter meter;
  private final Unreachable unreachable = new Unreachable();
  private final Map<Digest, PushedLayer> done = new ConcurrentHashMap<>();

  BlobsPush(
      StoreClient store,
      RepositoryName image,
      UploadMemory memory,
      Map<Digest, Region> regions,
      int parallel,
      Progress progress,
      Meter meter) {
    this.store = store;
    this.uploads = new BlobUploads(store.meteredBy(meter), image, memory);
    this.regions = Map.copyOf(regions);
    this.connections = new Permits(parallel);
    this.progress = progress;
    this.meter = meter;
  }

  /** All of them; where one cannot be stored for now, the others are, and then it fails. */
  void push(List<Descriptor> blobs) {
    Map<Digest, Descriptor> wanted = new LinkedHashMap<>();
    blobs.forEach(blob -> wanted.put(blob.digest(), blob));
    TaskGroup tasks = new TaskGroup();
    Permits layers = new Permits(LAYERS_AT_ONCE);
    for (List<Descriptor> asked : inGroups(blobs)) {
      UploadAnswer answer = uploads.request(asked);
      answer.stored().forEach(this::alreadyStored);
      for (UploadProgress missing : answer.missing()) {
        missing
            .digest()
            .map(wanted::get)
            .ifPresent(
                blob -> {
                  progress.begin(blob.digest(), blob.size());
                  layers.start(tasks, () -> tryToPush(blob, missing));
                });
      }
    }
    tasks.join();
    unreachable.require();
  }

  /** What was done for these, all of which are stored. */
  List<PushedLayer> of(List<Descriptor> blobs) {
    return blobs.stream().map(blob -> done.get(blob.digest())).toList();
  }

  private void alreadyStored(StoredLayer stored) {
    done.putIfAbsent(stored.digest(), PushedLayer.of(stored, false, new Meter(), 0));
    progress.end(stored.digest(), "stored already");
  }

  private void tryToPush(Descriptor blob, UploadProgress missing) {
    try {
      push(blob, missing);
    } catch (NotStored e) {
      unreachable.add(e);
      progress.end(blob.digest(), "not stored; other layers go on");
    }
  }

  private void push(Descriptor blob, UploadProgress missing) {
    long begun = System.nanoTime();
    Meter own = meter.part();
    PushBlob push = new PushBlob(store.meteredBy(own), uploads, connections, progress);
    Region region = regions.get(blob.digest());
    if (region == null) {
      throw new IllegalStateException("the source has no " + blob.digest());
    }
    StoredLayer stored;
    try (OpenRegion bytes = region.open()) {
      stored = push.run(blob, missing, bytes);
    } catch (IOException e) {
      throw LocalFile.failure("read", region.file(), e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    done.put(blob.digest(), PushedLayer.of(stored, true, own, millis));
    progress.end(blob.digest(), "sent");
  }

  private static List<List<Descriptor>> inGroups(List<Descriptor> all) {
    List<List<Descriptor>> groups = new ArrayList<>();
    for (int from = 0; from < all.size(); from += LAYERS_IN_REQUEST) {
      groups.add(all.subList(from, Math.min(all.size(), from + LAYERS_IN_REQUEST)));
    }
    return groups;
  }
}
