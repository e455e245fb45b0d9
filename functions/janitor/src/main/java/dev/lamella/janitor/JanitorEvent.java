package dev.lamella.janitor;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.CollectionRun;
import java.util.Optional;

/**
 * What starts the janitor: a schedule, or somebody who asked.
 *
 * @param collection id of the run to go on with; empty for the one that runs, or a new one
 * @param full whether a new one also looks at everything that the storage servers hold
 * @param late image whose layers are to be stored that came after the manifests that name them
 * @param source of an event of EventBridge, such as a schedule's
 */
record JanitorEvent(
    Optional<String> collection,
    Optional<Boolean> full,
    Optional<RepositoryName> late,
    Optional<String> source) {

  /**
   * @throws Refusal {@code REQUEST_INVALID} for what is none of these: nothing is removed by
   *     mistake
   */
  JanitorEvent {
    if (collection.isEmpty() && full.isEmpty() && late.isEmpty() && source.isEmpty()) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the event is no schedule's, and has neither 'collection', the id of a run, nor 'full',"
              + " nor 'late', an image");
    }
    if (collection.isPresent() && !CollectionRun.isId(collection.get())) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "collection is the id of a run, 32 hexadecimal digits, not " + quoted(collection.get()));
    }
  }
}
