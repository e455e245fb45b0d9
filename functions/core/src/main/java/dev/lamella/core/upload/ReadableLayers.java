package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.port.LayerIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Which stored layers the caller may read. To others, a layer is not there: whoever knows a digest
 * alone has to send the bytes.
 */
public final class ReadableLayers {
  /** Images of a layer that are looked at, at a time. */
  private static final int PAGE = 1_000;

  private final LayerIndex layers;
  private final InstantSource clock;

  public ReadableLayers(LayerIndex layers, InstantSource clock) {
    this.layers = layers;
    this.clock = clock;
  }

  /** Whether the layer is in the image, or in any that the caller may pull from. */
  boolean isReadable(Caller caller, RepositoryName image, Digest digest) {
    if (layers.isLinked(image, digest)) {
      return true;
    }
    Optional<RepositoryName> last = Optional.empty();
    while (true) {
      List<RepositoryName> images = layers.imagesOf(digest, last, PAGE);
      if (images.stream().anyMatch(other -> caller.may(Action.PULL, other))) {
        return true;
      }
      if (images.size() < PAGE) {
        return false;
      }
      last = Optional.of(images.getLast());
    }
  }

  /**
   * Lets an image read a layer that the caller may read already. Idempotent.
   *
   * @param from the image that it is in, as the caller says, if it does
   * @return false, with nothing changed, where the caller may not read it, or there is none that is
   *     whole
   */
  public boolean mount(
      Caller caller, RepositoryName image, Digest digest, Optional<RepositoryName> from) {
    boolean isReadable =
        from.filter(source -> caller.may(Action.PULL, source))
                .filter(source -> layers.isLinked(source, digest))
                .isPresent()
            || isReadable(caller, image, digest);
    boolean isWhole = layers.find(digest).filter(layer -> !layer.isDamaged()).isPresent();
    return isReadable && isWhole && layers.link(image, digest, clock.instant());
  }
}
