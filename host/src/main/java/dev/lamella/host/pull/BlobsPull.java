package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Gets blobs of an image, several at a time. */
final class BlobsPull {
  private static final int LAYERS_AT_ONCE = 8;

  private final StoreClient store;
  private final RepositoryName image;
  private final Target target;
  private final Progress progress;
  private final Meter meter;
  private final Permits connections;
  private final Map<Digest, PulledLayer> done = new ConcurrentHashMap<>();

  BlobsPull(
      StoreClient store,
      RepositoryName image,
      Target target,
      int parallel,
      Progress progress,
      Meter meter) {
    this.store = store;
    this.image = image;
    this.target = target;
    this.progress = progress;
    this.meter = meter;
    this.connections = new Permits(parallel);
  }

  /** All of them; the first that fails ends the others. */
  void get(Collection<Descriptor> blobs) {
    each(blobs, this::get);
  }

  /** As many as can be had. Returns the others. */
  Map<Digest, HostFailure> tryToGet(Collection<Descriptor> blobs) {
    Map<Digest, HostFailure> missing = new ConcurrentHashMap<>();
    each(
        blobs,
        blob -> {
          try {
            get(blob);
          } catch (HostFailure e) {
            if (!Shortfall.isOfStore(e)) {
              throw e;
            }
            missing.put(blob.digest(), e);
            progress.end(blob.digest(), "left out");
          }
        });
    return missing;
  }

  /** What was done for those of these that were got. */
  List<PulledLayer> of(Collection<Descriptor> blobs) {
    return blobs.stream()
        .flatMap(blob -> Optional.ofNullable(done.get(blob.digest())).stream())
        .toList();
  }

  private static void each(Collection<Descriptor> blobs, Consumer<Descriptor> action) {
    TaskGroup tasks = new TaskGroup();
    Permits layers = new Permits(LAYERS_AT_ONCE);
    for (Descriptor blob : blobs) {
      layers.start(tasks, () -> action.accept(blob));
    }
    tasks.join();
  }

  private void get(Descriptor blob) {
    Meter own = meter.part();
    PulledLayer pulled =
        new LayerPull(store.meteredBy(own), image, blob, target, connections, progress, own).run();
    done.putIfAbsent(blob.digest(), pulled);
  }
}
