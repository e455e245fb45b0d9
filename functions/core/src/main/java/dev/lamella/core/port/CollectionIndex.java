package dev.lamella.core.port;

import dev.lamella.core.api.CollectionRun;
import java.util.List;
import java.util.Optional;

/** The runs of the janitor, one of which runs at a time. Each method is atomic. */
public interface CollectionIndex {

  /**
   * Makes this the run that runs, unless there is one.
   *
   * @return the run that runs then
   */
  CollectionRun start(CollectionRun fresh);

  /**
   * Saves how far a run has come, on the condition that what is saved of it is the revision before.
   * One that is done does not run any more.
   *
   * @return false, with nothing changed, where somebody else has gone on with it
   */
  boolean save(CollectionRun run);

  Optional<CollectionRun> find(String id);

  /** The last runs, the newest first; may lag. */
  List<CollectionRun> list(int limit);

  /** Removes a run that is done; nothing otherwise. */
  void remove(CollectionRun run);
}
