package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A blob or, in an index, a manifest that a manifest names. */
record Named(Digest digest, Kind kind) {
  enum Kind {
    BLOB,
    /** A layer that may be absent. */
    EXTERNAL,
    MANIFEST
  }

  /** All that the manifest names, each once. */
  static List<Named> by(Manifest manifest) {
    Set<Digest> required = Set.copyOf(distinct(manifest.blobs()));
    return Stream.of(
            distinct(manifest.blobs()).stream().map(blob -> new Named(blob, Kind.BLOB)),
            distinct(manifest.manifests()).stream().map(child -> new Named(child, Kind.MANIFEST)),
            distinct(manifest.external()).stream()
                .filter(layer -> !required.contains(layer))
                .map(layer -> new Named(layer, Kind.EXTERNAL)))
        .flatMap(Function.identity())
        .toList();
  }

  private static List<Digest> distinct(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).distinct().toList();
  }

  boolean isManifest() {
    return kind == Kind.MANIFEST;
  }

  /** Where it is for an image: a manifest, or a layer and the image's link to it. */
  List<Key> in(RepositoryName image) {
    return isManifest()
        ? List.of(Key.manifest(image, digest))
        : List.of(Key.layer(digest), Key.link(image, digest));
  }
}
