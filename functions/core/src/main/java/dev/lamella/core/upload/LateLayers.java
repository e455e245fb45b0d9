package dev.lamella.core.upload;

import dev.lamella.core.Descriptor;
import dev.lamella.core.RepositoryName;
import java.util.List;

/** Where layers may come from that a manifest names and that are not stored when it arrives. */
@FunctionalInterface
public interface LateLayers {
  /** They come from nowhere. */
  LateLayers NONE = (_, _) -> {};

  /**
   * Stores those of the layers that are there in some other way. Idempotent.
   *
   * @throws dev.lamella.core.Refusal {@code TOOMANYREQUESTS} where some are there and it takes
   *     longer
   */
  void store(RepositoryName image, List<Descriptor> missing);
}
