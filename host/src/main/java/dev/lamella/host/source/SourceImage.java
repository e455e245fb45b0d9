package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.manifest.Manifest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image to push.
 *
 * @param manifests each after those that it names, the root last
 * @param blobs where the content of all that is to be pushed is; it has not been hashed yet
 */
public record SourceImage(List<Manifest> manifests, Map<Digest, Region> blobs) {
  public SourceImage {
    manifests = List.copyOf(manifests);
    blobs = Map.copyOf(blobs);
  }

  /** The manifest that the tag will point to. */
  public Manifest root() {
    return manifests.getLast();
  }

  /** All blobs of these manifests, each once, in the manifests' order. */
  public static Collection<Descriptor> blobs(List<Manifest> manifests) {
    Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    for (Manifest manifest : manifests) {
      manifest.blobs().forEach(blob -> blobs.putIfAbsent(blob.digest(), blob));
    }
    return blobs.values();
  }
}
