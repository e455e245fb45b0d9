package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import java.util.Optional;
import java.util.Set;

/** What kinds of manifests there are: indexes, images that run, and what else is stored. */
public final class ImageManifest {
  private static final Set<String> INDEXES =
      Set.of(ManifestReader.OCI_INDEX, ManifestReader.DOCKER_LIST);

  private static final Set<String> CONFIGS =
      Set.of(
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");

  private ImageManifest() {}

  public static boolean isIndex(Manifest manifest) {
    return INDEXES.contains(manifest.mediaType());
  }

  static boolean isIndex(Descriptor named) {
    return INDEXES.contains(named.mediaType());
  }

  /** The config of an image; charts, caches and signatures have none that says a platform. */
  public static Optional<Descriptor> config(Manifest manifest) {
    return isIndex(manifest)
        ? Optional.empty()
        : manifest.blobs().stream().findFirst().filter(ImageManifest::isConfig);
  }

  /** Whether it is the config of an image. */
  public static boolean isConfig(Descriptor named) {
    return CONFIGS.contains(named.mediaType());
  }
}
