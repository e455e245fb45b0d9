package dev.lamella.core.collect;

import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.Janitor;
import java.time.InstantSource;

/** Starts a collection when somebody asks for one. */
public final class StartCollection {
  private final CollectionIndex collections;
  private final Janitor janitor;
  private final InstantSource clock;

  public StartCollection(CollectionIndex collections, Janitor janitor, InstantSource clock) {
    this.collections = collections;
    this.janitor = janitor;
    this.clock = clock;
  }

  /**
   * The janitor is told either way: where it died, the run that runs goes on.
   *
   * @return the run that was started, or the one that runs already, be it a dry run or not
   */
  public CollectionRun start(CollectionRequest request) {
    CollectionRun run =
        collections.start(CollectionRun.begun(request.dryRun(), true, clock.instant()));
    janitor.dispatch(run.id());
    return run;
  }
}
