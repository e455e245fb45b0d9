package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex;

/** The one place where it is decided whether a layer is served. */
final class ServedLayers {
  private final LayerIndex layers;

  ServedLayers(LayerIndex layers) {
    this.layers = layers;
  }

  /**
   * @throws Refusal {@code BLOB_UNKNOWN} where the layer is not stored, or the image may not read
   *     it: the answer is the same, so that knowing a digest opens nothing; {@code LAYER_DAMAGED}
   */
  Layer require(RepositoryName image, Digest digest) {
    return layers.find(image, digest).orElseThrow(() -> unknown(image, digest)).requireWhole();
  }

  /**
   * @throws Refusal {@code BLOB_UNKNOWN}, where it is damaged too
   */
  Layer requireWhole(RepositoryName image, Digest digest) {
    return layers
        .find(image, digest)
        .filter(layer -> !layer.isDamaged())
        .orElseThrow(() -> unknown(image, digest));
  }

  private static Refusal unknown(RepositoryName image, Digest digest) {
    return new Refusal(ErrorCode.BLOB_UNKNOWN, "image " + image + " has no layer " + digest);
  }
}
