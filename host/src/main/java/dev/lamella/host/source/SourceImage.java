package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Referring;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An image to push.
 *
 * @param manifests each after those that it names, the root last
 * @param referring what refers to these
 * @param blobs where the content of all that is to be pushed is; it has not been hashed yet. A
 *     layer that may be kept elsewhere, and that the source lacks, is not there
 */
public record SourceImage(
    List<Manifest> manifests, Referring referring, Map<Digest, Region> blobs) {
  public SourceImage {
    manifests = List.copyOf(manifests);
    blobs = Map.copyOf(blobs);
  }

  /** The manifest that the tag will point to. */
  public Manifest root() {
    return manifests.getLast();
  }

  /** The image's manifests, and then those that refer to it. */
  public List<Manifest> all() {
    return all(manifests, referring);
  }

  /** What is to be pushed besides the manifests, each once, in their order. */
  public List<Descriptor> contents() {
    return NamedBlob.of(all()).stream()
        .map(NamedBlob::descriptor)
        .filter(blob -> blobs.containsKey(blob.digest()))
        .toList();
  }

  static List<Manifest> all(List<Manifest> manifests, Referring referring) {
    return Stream.concat(manifests.stream(), referring.manifests().stream()).toList();
  }
}
