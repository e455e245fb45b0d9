package dev.lamella.core.collect;

import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.Janitor;
import java.time.Instant;
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
   * Where one runs, no janitor is invoked; but if none works on it, one of the calls meanwhile sets
   * it going again.
   *
   * @return the run that was started, or the one that runs already, be it a dry run or not
   */
  public CollectionRun start(CollectionRequest request) {
    Instant now = clock.instant();
    CollectionRun fresh = CollectionRun.begun(request.dryRun(), true, now);
    CollectionRun run = collections.start(fresh);
    if (run.id().equals(fresh.id())) {
      return dispatched(run);
    }
    if (!run.isFree(now)) {
      return run;
    }
    CollectionRun mine = run.takenUp(now);
    return collections.save(mine) ? dispatched(mine) : run;
  }

  private CollectionRun dispatched(CollectionRun run) {
    try {
      janitor.dispatch(run.id());
      return run;
    } catch (RuntimeException e) {
      collections.save(
          run.takenUp(clock.instant())
              .left()); // So that whoever asks again is not told that it runs.
      throw e;
    }
  }
}
