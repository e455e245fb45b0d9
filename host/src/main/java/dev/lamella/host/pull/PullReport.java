package dev.lamella.host.pull;

import dev.lamella.core.Digest;
import java.util.List;
import java.util.Map;

/**
 * What a pull did.
 *
 * @param digest of the manifest that the name stands for
 * @param manifests that were fetched, indexes included
 * @param bytes received on the wire, tries that failed included
 */
public record PullReport(
    String image,
    Digest digest,
    String target,
    int manifests,
    List<PulledLayer> layers,
    long bytes,
    long requests,
    long millis) {
  public PullReport {
    layers = List.copyOf(layers);
  }

  /**
   * One blob of the image: a layer or a config.
   *
   * @param servers shards by storage server; empty where nothing had to be asked
   * @param fetched shards that were fetched; the others were there from an earlier pull
   * @param kept whether the target had the whole blob
   * @param bytes received for it on the wire
   * @param requests made for it
   */
  public record PulledLayer(
      Digest digest,
      long size,
      int shards,
      Map<String, Integer> servers,
      int fetched,
      boolean kept,
      long bytes,
      long requests,
      long millis) {
    public PulledLayer {
      servers = Map.copyOf(servers);
    }
  }
}
