package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.NamedBlob;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An image to push.
 *
 * @param manifests each after those that it names, the root last
 * @param referrers what refers to these by its subject, each after its subject and what it names
 * @param blobs where the content of all that is to be pushed is; it has not been hashed yet. A
 *     layer that may be kept elsewhere, and that the source lacks, is not there
 */
public record SourceImage(
    List<Manifest> manifests, List<Manifest> referrers, Map<Digest, Region> blobs) {
  public SourceImage {
    manifests = List.copyOf(manifests);
    referrers = List.copyOf(referrers);
    blobs = Map.copyOf(blobs);
  }

  /** The manifest that the tag will point to. */
  public Manifest root() {
    return manifests.getLast();
  }

  /** What is to be pushed besides the manifests, each once, in their order. */
  public List<Descriptor> contents() {
    return NamedBlob.of(all(manifests, referrers)).stream()
        .map(NamedBlob::descriptor)
        .filter(blob -> blobs.containsKey(blob.digest()))
        .toList();
  }

  static List<Manifest> all(List<Manifest> manifests, List<Manifest> referrers) {
    return Stream.concat(manifests.stream(), referrers.stream()).toList();
  }
}
