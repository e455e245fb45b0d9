package dev.lamella.host.store;

import dev.lamella.core.manifest.ManifestReader;

/** A manifest on its way: its bytes, exactly, and the media type that goes with them. */
@SuppressWarnings("ArrayRecordComponent") // up to 4 MiB that are never changed
public record ManifestBytes(String mediaType, byte[] bytes) {
  /** Those that may be asked for, as a header has them. */
  static final String TYPES =
      String.join(
          ", ",
          ManifestReader.OCI_INDEX,
          ManifestReader.OCI_MANIFEST,
          ManifestReader.DOCKER_LIST,
          ManifestReader.DOCKER_MANIFEST);
}
