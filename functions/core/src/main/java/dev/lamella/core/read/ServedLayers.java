package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex;
import java.util.Optional;
import java.util.function.BiFunction;

/** The one place where it is decided whether a layer is served. */
public final class ServedLayers {
  private final LayerIndex layers;
  private final BiFunction<RepositoryName, Digest, Optional<Layer>> late;

  /**
   * @param late is asked for a layer that an image has not, such as {@link AwaitLate}
   */
  public ServedLayers(LayerIndex layers, BiFunction<RepositoryName, Digest, Optional<Layer>> late) {
    this.layers = layers;
    this.late = late;
  }

  /**
   * @throws Refusal {@code BLOB_UNKNOWN} where the layer is not stored, or the image may not read
   *     it: the answer is the same, so that knowing a digest opens nothing; {@code LAYER_DAMAGED};
   *     {@code UNAVAILABLE} where it may be on its way
   */
  Layer require(RepositoryName image, Digest digest) {
    return find(image, digest).orElseThrow(() -> unknown(image, digest)).requireWhole();
  }

  /**
   * @throws Refusal {@code BLOB_UNKNOWN}, where it is damaged too
   */
  Layer requireWhole(RepositoryName image, Digest digest) {
    return find(image, digest)
        .filter(layer -> !layer.isDamaged())
        .orElseThrow(() -> unknown(image, digest));
  }

  private Optional<Layer> find(RepositoryName image, Digest digest) {
    return layers.find(image, digest).or(() -> late.apply(image, digest));
  }

  private static Refusal unknown(RepositoryName image, Digest digest) {
    return new Refusal(ErrorCode.BLOB_UNKNOWN, "image " + image + " has no layer " + digest);
  }
}
