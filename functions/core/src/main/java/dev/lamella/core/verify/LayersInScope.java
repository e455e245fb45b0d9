package dev.lamella.core.verify;

import dev.lamella.core.Digest;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.LayerIndex.Due;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The layers that a job looks at, from any place on: all of the store, the longest unproven first;
 * or those of the images that it names, image by image.
 */
public final class LayersInScope {
  private static final int PAGE = 100;

  private final LayerIndex layers;
  private final ImageIndex images;

  public LayersInScope(LayerIndex layers, ImageIndex images) {
    this.layers = layers;
    this.images = images;
  }

  /** Whether there is something to look at: a name may be mistyped. */
  boolean hasAny(Scope scope) {
    return scope.name().map(name -> image(name, Optional.empty()).isPresent()).orElse(true);
  }

  /**
   * Some layers after a place; none at the end.
   *
   * @param after the place of the last one before; empty for the beginning
   */
  List<Due> after(Report job, Optional<String> after) {
    return job.scope()
        .name()
        .map(name -> ofImages(name, after))
        .orElseGet(() -> layers.due(job.started(), after, PAGE));
  }

  /** How many a job has not come to, after a place; at most {@code limit} are counted. */
  long left(Report job, Optional<String> after, int limit) {
    return Stream.iterate(
            after(job, after),
            page -> !page.isEmpty(),
            page -> after(job, Optional.of(page.getLast().place())))
        .flatMap(List::stream)
        .limit(limit)
        .count();
  }

  private List<Due> ofImages(NamePattern name, Optional<String> after) {
    Optional<Cursor> last = after.map(Cursor::parse);
    Optional<RepositoryName> image =
        last.map(Cursor::image).or(() -> image(name, Optional.empty()));
    Optional<Digest> digest = last.map(Cursor::digest);
    while (image.isPresent()) {
      List<Due> page = new ArrayList<>();
      for (Digest linked : layers.layersOf(image.get(), digest, PAGE)) {
        Cursor cursor = new Cursor(image.get(), linked);
        digest = Optional.of(linked);
        layers.find(linked).ifPresent(layer -> page.add(new Due(layer, cursor.toString())));
      }
      if (!page.isEmpty()) {
        return page;
      }
      if (digest.isEmpty() || layers.layersOf(image.get(), digest, 1).isEmpty()) {
        image = image(name, image);
        digest = Optional.empty();
      }
    }
    return List.of();
  }

  /** The first image after another one that the pattern matches. */
  private Optional<RepositoryName> image(NamePattern name, Optional<RepositoryName> last) {
    Optional<RepositoryName> exact = name.exact();
    if (exact.isPresent()) {
      return exact.filter(_ -> last.isEmpty()).filter(this::hasLayers);
    }
    Optional<RepositoryName> from = last;
    while (true) {
      List<RepositoryName> page = images.images(name.prefix(), from, PAGE);
      Optional<RepositoryName> found = page.stream().filter(name::matches).findFirst();
      if (found.isPresent() || page.size() < PAGE) {
        return found;
      }
      from = Optional.of(page.getLast());
    }
  }

  private boolean hasLayers(RepositoryName image) {
    return !layers.layersOf(image, Optional.empty(), 1).isEmpty();
  }

  /** All layers of the store, for sums over them. */
  Stream<Layer> all(Instant before) {
    return Stream.iterate(
            layers.due(before, Optional.empty(), PAGE),
            page -> !page.isEmpty(),
            page -> layers.due(before, Optional.of(page.getLast().place()), PAGE))
        .flatMap(List::stream)
        .map(Due::layer);
  }

  private record Cursor(RepositoryName image, Digest digest) {
    static Cursor parse(String text) {
      String[] parts = text.split(" ", 2);
      return new Cursor(new RepositoryName(parts[0]), Digest.parse(parts[1]));
    }

    @Override
    public String toString() {
      return image + " " + digest;
    }
  }
}
