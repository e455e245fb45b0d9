package dev.lamella.host.push;

import dev.lamella.core.Digest;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.host.store.Meter;
import java.util.List;
import java.util.Map;

/**
 * What a push did.
 *
 * @param image as it is called in the store: NAME:TAG
 * @param digest that the tag points to now
 * @param manifests of the image that were put, indexes included
 * @param referrers manifests that were put because they refer to it, such as signatures
 * @param bytes sent on the wire, tries that failed included
 */
public record PushReport(
    String image,
    Digest digest,
    int manifests,
    int referrers,
    List<PushedLayer> layers,
    long bytes,
    long requests,
    long millis) {
  public PushReport {
    layers = List.copyOf(layers);
  }

  /**
   * One blob of the image: a layer or a config.
   *
   * @param servers shards by storage server
   * @param sent false where the store had it already
   * @param bytes sent for it on the wire
   * @param requests made for it
   */
  public record PushedLayer(
      Digest digest,
      long size,
      int shards,
      Map<String, Integer> servers,
      boolean sent,
      long bytes,
      long requests,
      long millis) {
    public PushedLayer {
      servers = Map.copyOf(servers);
    }

    static PushedLayer of(StoredLayer stored, boolean sent, Meter meter, long millis) {
      return new PushedLayer(
          stored.digest(),
          stored.size(),
          stored.shards(),
          stored.servers(),
          sent,
          meter.sent(),
          meter.requests(),
          millis);
    }
  }
}
