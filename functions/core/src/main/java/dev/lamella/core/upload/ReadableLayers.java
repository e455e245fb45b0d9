package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.NamePattern;
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

  /** Times that is done for one layer where patterns have text after a star. */
  private static final int MOST_PAGES = 16;

  private final LayerIndex layers;
  private final InstantSource clock;

  public ReadableLayers(LayerIndex layers, InstantSource clock) {
    this.layers = layers;
    this.clock = clock;
  }

  /**
   * Whether the layer is in the image, or in any that the caller may pull from. Takes one read for
   * each name and pattern that the caller may pull, however many images have the layer. Patterns
   * with text after a star take up to {@value #MOST_PAGES} more, together: where that is not
   * enough, the answer is no, and the caller has to send the bytes.
   */
  boolean isReadable(Caller caller, RepositoryName image, Digest digest) {
    if (layers.isLinked(image, digest)) {
      return true;
    }
    List<NamePattern> patterns = caller.permissions().pullable();
    return patterns.stream().anyMatch(pattern -> isAtOnce(pattern, digest))
        || isFound(patterns.stream().filter(pattern -> !pattern.isPrefix()).toList(), digest);
  }

  /** By one read: the only image of a name, or the first of those of a prefix. */
  private boolean isAtOnce(NamePattern pattern, Digest digest) {
    return pattern
        .exact()
        .map(name -> layers.isLinked(name, digest))
        .orElseGet(
            () ->
                layers.imagesOf(digest, pattern.prefix(), Optional.empty(), 1).stream()
                    .anyMatch(pattern::matches));
  }

  private boolean isFound(List<NamePattern> patterns, Digest digest) {
    int pages = 0;
    for (NamePattern pattern : patterns) {
      Optional<RepositoryName> last = Optional.empty();
      do {
        if (pages++ == MOST_PAGES) {
          return false;
        }
        List<RepositoryName> some = layers.imagesOf(digest, pattern.prefix(), last, PAGE);
        if (some.stream().anyMatch(pattern::matches)) {
          return true;
        }
        last = some.size() < PAGE ? Optional.empty() : Optional.of(some.getLast());
      } while (last.isPresent());
    }
    return false;
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
