package dev.lamella.core.collect;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs collections: finds what is no longer used, and removes it. */
public final class Collect {
  private static final int KEPT_RUNS = 100;

  private final CollectionIndex collections;
  private final Sweep manifests;
  private final Sweep layers;
  private final Sweep uploads;
  private final Sweep assembled;
  private final Sweep objects;
  private final Sweep records;
  private final Sweep leftovers;
  private final InstantSource clock;

  public Collect(
      CollectionIndex collections,
      ImageIndex images,
      LayerIndex layers,
      ShardIndex shards,
      UploadIndex uploads,
      Staging staging,
      ShardStore store,
      AssembledLayers assembled,
      AssemblyIndex assemblies,
      LateLayer late,
      CollectSettings settings,
      InstantSource clock) {
    this.collections = collections;
    this.clock = clock;
    Remains remains = new Remains(layers, shards, uploads, staging, store);
    this.manifests =
        new SweepManifests(images, settings.grace(), settings.page(), settings.width());
    this.layers =
        new SweepLayers(layers, remains, settings.grace(), settings.page(), settings.width());
    this.uploads =
        new SweepUploads(uploads, staging, late, remains, settings.page(), settings.width());
    this.assembled = new SweepAssembled(assembled, assemblies, settings.page(), settings.width());
    this.objects = new SweepObjects(layers, shards, uploads, store, settings.grace());
    this.records = new SweepRecords(layers, shards, uploads, remains);
    this.leftovers = new SweepLeftovers(images, settings.page());
  }

  /**
   * Goes on with the run that runs; where there is none, or it was not full and a full one is
   * wanted, with a new one that removes.
   */
  public CollectionRun run(boolean full, BooleanSupplier hasTime) {
    CollectionRun run =
        work(collections.start(CollectionRun.begun(false, full, clock.instant())), hasTime);
    boolean wasOther = full && !run.full() && !run.isRunning();
    return wasOther ? run(true, hasTime) : run;
  }

  /**
   * Goes on with this run. One that is done, or is not known any more, is left as it is.
   *
   * @return the run as it stands then; empty where there is none of that id
   */
  public Optional<CollectionRun> run(String id, BooleanSupplier hasTime) {
    return collections.find(id).map(run -> work(run, hasTime));
  }

  /**
   * Page by page, while there is time for another one, and while no other invocation works on this
   * run. A step that fails, and not because something does not answer for now, is left: it would
   * fail again, and the others would never be done. What failed is thrown in the end.
   */
  private CollectionRun work(CollectionRun begun, BooleanSupplier hasTime) {
    List<RuntimeException> failures = new ArrayList<>();
    CollectionRun run = begun;
    boolean goesOn = run.isRunning() && hasTime.getAsBoolean();
    while (goesOn) {
      CollectionRun next = pageOrNone(run, hasTime, failures);
      goesOn = next.isRunning() && hasTime.getAsBoolean();
      CollectionRun saved = next.isRunning() && !goesOn ? next.left() : next;
      if (!collections.save(saved)) {
        return run;
      }
      run = saved;
    }
    if (!run.isRunning()) {
      collections.list(2 * KEPT_RUNS).stream().skip(KEPT_RUNS).forEach(collections::remove);
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
    return run;
  }

  private CollectionRun pageOrNone(
      CollectionRun run, BooleanSupplier hasTime, List<RuntimeException> failures) {
    try {
      return page(run, clock.instant(), hasTime);
    } catch (Unavailable e) {
      throw e; // The next invocation goes on here.
    } catch (RuntimeException e) {
      failures.add(e);
      String why = "what comes after that: it failed with " + quoted(String.valueOf(e));
      return run.after(List.of(Find.kept("", why)), Optional.empty(), clock.instant());
    }
  }

  private CollectionRun page(CollectionRun run, Instant now, BooleanSupplier hasTime) {
    Sweep sweep =
        switch (run.step()) {
          case MANIFESTS -> manifests;
          case LAYERS -> layers;
          case UPLOADS -> uploads;
          case ASSEMBLED -> assembled;
          case OBJECTS -> objects;
          case RECORDS -> records;
          case LEFTOVERS -> leftovers;
        };
    Sweep.Finds page = sweep.page(run.cursor(), run.dryRun(), now, hasTime);
    return page.isCutShort()
        ? run.within(page.finds(), now)
        : run.after(page.finds(), page.next(), now);
  }
}
