package dev.lamella.core.collect;

import dev.lamella.core.layer.Upload;

/** Stores a layer that a client may have put to staging without a call to the API. */
@FunctionalInterface
public interface LateLayer {

  /**
   * Stores the layer of an open upload that has expired, where manifests wait for it. Idempotent.
   *
   * @return false where it is still being written: the upload is not to be ended yet
   */
  boolean store(Upload upload);
}
