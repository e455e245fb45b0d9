package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.host.image.NamedBlob;
import java.util.List;
import java.util.Map;

/**
 * What a pull did.
 *
 * @param image as it is called in the store: NAME:TAG, or NAME@DIGEST
 * @param digest of the manifest that the name stands for
 * @param manifests of the image that were fetched, indexes included
 * @param referrers manifests that were fetched because they refer to it, such as signatures
 * @param absent layers that the target lacks, since the store does
 * @param leftOut what refers to the image, and could not be had
 * @param bytes received on the wire, tries that failed included
 */
public record PullReport(
    String image,
    Digest digest,
    String target,
    int manifests,
    int referrers,
    List<PulledLayer> layers,
    List<AbsentLayer> absent,
    List<LeftOut> leftOut,
    long bytes,
    long requests,
    long millis) {
  public PullReport {
    layers = List.copyOf(layers);
    absent = List.copyOf(absent);
    leftOut = List.copyOf(leftOut);
  }

  /** Whether the target has all that the store says is of the image, or refers to it. */
  public boolean isWhole() {
    return absent.isEmpty() && leftOut.isEmpty();
  }

  /** The same, for a target by another name. */
  public PullReport to(String other) {
    return new PullReport(
        image, digest, other, manifests, referrers, layers, absent, leftOut, bytes, requests,
        millis);
  }

  /**
   * A layer that may be kept elsewhere (of a non-distributable type), and that the store lacks.
   *
   * @param urls where its manifest says that it can be had
   */
  public record AbsentLayer(Digest digest, long size, String mediaType, List<String> urls) {
    public AbsentLayer {
      urls = List.copyOf(urls);
    }

    static AbsentLayer of(NamedBlob blob) {
      Descriptor layer = blob.descriptor();
      return new AbsentLayer(layer.digest(), layer.size(), layer.mediaType(), blob.urls());
    }
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
