package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/uploads}: the layers (and config) of an image that a host is about to push. */
public record UploadRequest(RepositoryName image, List<Wanted> layers) {

  /**
   * @param size in bytes
   * @param resume the upload that an earlier, broken push of the same layer began
   */
  public record Wanted(
      Digest digest, long size, Optional<String> mediaType, Optional<LayerId> resume) {}

  public UploadRequest {
    layers = List.copyOf(layers);
  }
}
