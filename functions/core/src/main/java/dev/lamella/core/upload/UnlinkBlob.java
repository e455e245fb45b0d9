package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.LayerIndex;
import java.time.InstantSource;

/** Takes a layer out of an image. Other images keep it; one that no manifest names is collected. */
public final class UnlinkBlob {
  private final LayerIndex layers;
  private final InstantSource clock;

  public UnlinkBlob(LayerIndex layers, InstantSource clock) {
    this.layers = layers;
    this.clock = clock;
  }

  /**
   * @throws Refusal {@code BLOB_UNKNOWN} where the image has no such layer, also the second time;
   *     {@code UNSUPPORTED} where a manifest of the image names it
   */
  public void unlink(RepositoryName image, Digest digest) {
    switch (layers.unlink(image, digest, clock.instant())) {
      case UNLINKED -> {}
      case NOT_LINKED ->
          throw new Refusal(ErrorCode.BLOB_UNKNOWN, "image " + image + " has no layer " + digest);
      case IN_USE ->
          throw new Refusal(
              ErrorCode.UNSUPPORTED,
              "manifests of image " + image + " name layer " + digest + ": delete them first");
    }
  }
}
