package dev.lamella.host.pull;

import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Referring;
import java.util.List;
import java.util.stream.Stream;

/**
 * What goes into a target.
 *
 * @param manifests each after those that it names, the root last
 */
record PulledImage(ImageName name, List<Manifest> manifests, Referring referring) {
  PulledImage {
    manifests = List.copyOf(manifests);
  }

  Manifest root() {
    return manifests.getLast();
  }

  /** The image's manifests, and then those that refer to it. */
  List<Manifest> all() {
    return Stream.concat(manifests.stream(), referring.manifests().stream()).toList();
  }

  /** The same, to which only this refers. */
  PulledImage with(Referring other) {
    return new PulledImage(name, manifests, other);
  }
}
