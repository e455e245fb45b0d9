package dev.lamella.core.manifest;

import java.util.Locale;
import java.util.Set;

/** How media types are compared, and the published ones of layers that may be kept elsewhere. */
public final class MediaTypes {
  /** OCI Image Specification 1.1, "Non-Distributable Layers"; Docker's image manifest, schema 2. */
  private static final Set<String> EXTERNAL =
      Set.of(
          "application/vnd.oci.image.layer.nondistributable.v1.tar",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.foreign.diff.tar",
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");

  private MediaTypes() {}

  /** The type in lower case and without its parameters (RFC 9110, section 8.3.1). */
  public static String plain(String mediaType) {
    return mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a layer of this type may be kept where its URLs say, and not in the registry. */
  public static boolean isExternal(String mediaType) {
    return EXTERNAL.contains(plain(mediaType));
  }
}
