package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.LayerIndex;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which stored layers the caller may read. To others, a layer is not there: whoever knows a digest
 * alone has to send the bytes.
 */
public final class ReadableLayers {
  /** Among so many images of a layer, one that the caller may read is looked for. */
  private static final int MOST_IMAGES = 100;

  private final LayerIndex layers;
  private final Predicate<RepositoryName> mayRead;
  private final InstantSource clock;

  /**
   * @param mayRead whether the caller may read an image: only through such an image does a layer
   *     count as stored
   */
  public ReadableLayers(LayerIndex layers, Predicate<RepositoryName> mayRead, InstantSource clock) {
    this.layers = layers;
    this.mayRead = mayRead;
    this.clock = clock;
  }

  boolean isReadable(RepositoryName image, Digest digest) {
    return layers.isLinked(image, digest)
        || layers.imagesOf(digest, MOST_IMAGES).stream().anyMatch(mayRead);
  }

  /**
   * Lets an image read a layer that the caller may read already. Twice is as once.
   *
   * @param from the image that it is in, as the caller says, if it does
   * @return false, with nothing changed, where the caller may not read it, or there is none that is
   *     whole
   */
  public boolean mount(RepositoryName image, Digest digest, Optional<RepositoryName> from) {
    boolean isReadable =
        from.filter(mayRead).filter(source -> layers.isLinked(source, digest)).isPresent()
            || isReadable(image, digest);
    boolean isWhole = layers.find(digest).filter(layer -> !layer.isDamaged()).isPresent();
    return isReadable && isWhole && layers.link(image, digest, clock.instant());
  }
}
