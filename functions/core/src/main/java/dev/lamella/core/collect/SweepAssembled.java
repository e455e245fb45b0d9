package dev.lamella.core.collect;

import dev.lamella.core.Parallel;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AssembledLayers.AssembledObject;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.port.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Removes assembled layers that have expired, or that no record names: their assembler died, or one
 * of their shards was found damaged. Each is claimed meanwhile, so that no assembler makes it anew
 * while it is removed.
 */
final class SweepAssembled implements Sweep {
  /** As long as the bucket's lifecycle rule keeps them, where S3 has such rules. */
  private static final Duration KEPT = Duration.ofDays(2);

  /** Longer than a page takes. */
  private static final Duration AT_WORK = Duration.ofMinutes(5);

  private final AssembledLayers assembled;
  private final AssemblyIndex index;
  private final int page;
  private final int width;

  SweepAssembled(AssembledLayers assembled, AssemblyIndex index, int page, int width) {
    this.assembled = assembled;
    this.index = index;
    this.page = page;
    this.width = width;
  }

  @Override
  public Finds page(Optional<String> cursor, boolean dryRun, Instant now, BooleanSupplier hasTime) {
    Page<AssembledObject> kept = assembled.list(cursor, page);
    List<Find> finds =
        Parallel.map(
                kept.items(),
                width,
                layer ->
                    Optional.of(index.find(layer.layer()))
                        .filter(seen -> hasExpired(seen, now))
                        .filter(seen -> dryRun || removed(layer, seen, now))
                        .map(_ -> find(layer)))
            .stream()
            .flatMap(Optional::stream)
            .toList();
    return new Finds(finds, kept.next());
  }

  private static boolean hasExpired(Assembly seen, Instant now) {
    return !seen.isClaimed(now)
        && seen.assembled().filter(at -> at.isAfter(now.minus(KEPT))).isEmpty();
  }

  private boolean removed(AssembledObject layer, Assembly seen, Instant now) {
    Instant until = now.plus(AT_WORK);
    if (!index.claim(layer.layer(), seen, now, until)) {
      return false;
    }
    assembled.remove(layer.layer());
    index.release(layer.layer(), until);
    return true;
  }

  private static Find find(AssembledObject layer) {
    return Find.of("assembled layer of " + layer.layer(), layer.size());
  }
}
