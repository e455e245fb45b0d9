package dev.lamella.core.collect;

import dev.lamella.core.Parallel;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Collects layers that no manifest references and that were not used for a while. That they are
 * still so is the condition of the one write that takes a layer out of the store: a push or a mount
 * that races with it either comes first and keeps the layer, or finds it missing and uploads it
 * again, as another upload with objects of its own.
 */
final class SweepLayers implements Sweep {
  private final LayerIndex layers;
  private final Remains remains;
  private final Duration grace;
  private final int page;
  private final int width;

  SweepLayers(LayerIndex layers, Remains remains, Duration grace, int page, int width) {
    this.layers = layers;
    this.remains = remains;
    this.grace = grace;
    this.page = page;
    this.width = width;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Instant cutoff = now.minus(grace);
    Page<Layer> candidates = layers.unreferenced(cutoff, cursor, page);
    List<Finds> finds =
        Parallel.map(
            candidates.items(),
            width,
            layer ->
                dryRun || layers.condemn(layer, cutoff)
                    ? removal(layer, dryRun, hasTime)
                        .of(layer.digest().toString(), layer.slicing().size())
                    : Finds.NONE);
    return Finds.sum(finds, candidates.next());
  }

  /** Where it is not done in time, the sweep of the uploads finds the rest, and counts it. */
  private Removal removal(Layer layer, boolean dryRun, BooleanSupplier hasTime) {
    return dryRun
        ? new Removal.Gone()
        : remains.remove(layer.id(), Optional.of(layer.digest()), hasTime);
  }
}
