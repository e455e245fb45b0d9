package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ShardMap.Entry;
import dev.lamella.host.image.Hashes;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.store.Meter;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Crew;
import dev.lamella.host.work.Places;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gets one blob: its shards in parallel and in any order, each at its offset. It is proven when
 * every link holds and the links make one chain from the initial value to the digest.
 */
final class LayerPull {
  private final StoreClient store;
  private final RepositoryName image;
  private final Descriptor layer;
  private final Target target;
  private final Places connections;
  private final Progress progress;
  private final Meter meter;

  LayerPull(
      StoreClient store,
      RepositoryName image,
      Descriptor layer,
      Target target,
      Places connections,
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
    ShardUrls urls = new ShardUrls(store, image, layer);
    Place place = target.place(layer);
    Map<String, Integer> servers = new TreeMap<>();
    AtomicInteger fetched = new AtomicInteger();
    Crew crew = new Crew();
    crew.start(
        () ->
            urls.forEach(
                entry -> {
                  servers.merge(entry.server(), 1, Integer::sum);
                  connections.start(crew, () -> fetch(urls, place, entry, fetched));
                }));
    crew.join();
    requireDigest(place);
    target.proven(layer, place);
    progress.end(digest, "fetched");
    return report(urls.slicing().count(), servers, fetched.get(), false, start);
  }

  private void fetch(ShardUrls urls, Place place, Entry entry, AtomicInteger fetched) {
    if (new ShardFetch(store, urls, layer.digest(), place, progress, entry).run()) {
      fetched.incrementAndGet();
    }
  }

  /** The links have proven a sha256 already; they say nothing of a sha512. */
  private void requireDigest(Place place) {
    if (layer.digest().algorithm() == Algorithm.SHA256) {
      return;
    }
    Digest found =
        Hashes.digest(
            layer.digest().algorithm(),
            place.channel(),
            place.file(),
            place.offset(),
            place.length());
    if (!found.equals(layer.digest())) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "layer %s does not match its content, which is %s".formatted(layer.digest(), found));
    }
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
