package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.PullBlob;
import dev.lamella.host.work.Permits;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Gets one blob of an image to its target, unless it is there. */
final class LayerPull {
  private final StoreClient store;
  private final RepositoryName image;
  private final Descriptor layer;
  private final Target target;
  private final Permits connections;
  private final Progress progress;
  private final Meter meter;

  LayerPull(
      StoreClient store,
      RepositoryName image,
      Descriptor layer,
      Target target,
      Permits connections,
      Progress progress,
      Meter meter) {
    this.store = store;
    this.image = image;
    this.layer = layer;
    this.target = target;
    this.connections = connections;
    this.progress = progress;
    this.meter = meter;
  }

  PulledLayer run() {
    long start = System.nanoTime();
    Digest digest = layer.digest();
    if (target.has(layer)) {
      progress.end(digest, "is there already");
      return report(0, Map.of(), 0, true, start);
    }
    progress.begin(digest, layer.size());
    PullBlob pull = new PullBlob(store, image, layer, connections, progress);
    PartialRegion place = target.place(layer);
    PullBlob.Pulled pulled = pull.into(place);
    target.proven(layer, place);
    progress.end(digest, "fetched");
    return report(pulled.shards(), pulled.servers(), pulled.fetched(), false, start);
  }

  private PulledLayer report(
      int shards, Map<String, Integer> servers, int fetched, boolean kept, long start) {
    return new PulledLayer(
        layer.digest(),
        layer.size(),
        shards,
        servers,
        fetched,
        kept,
        meter.received(),
        meter.requests(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }
}
