package dev.lamella.core.api;

import dev.lamella.core.RepositoryName;
import java.util.List;

/** Answers an {@link UploadRequest}: each layer asked for is in one of the two lists. */
public record UploadAnswer(
    RepositoryName image, List<StoredLayer> stored, List<UploadProgress> missing) {
  public UploadAnswer {
    stored = List.copyOf(stored);
    missing = List.copyOf(missing);
  }
}
