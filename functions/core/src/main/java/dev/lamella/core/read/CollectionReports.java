package dev.lamella.core.read;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.CollectionList;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.port.CollectionIndex;
import java.util.Optional;

/** What the janitor did, and does. */
public final class CollectionReports {
  private static final int PAGE = 20;

  private final CollectionIndex collections;

  public CollectionReports(CollectionIndex collections) {
    this.collections = collections;
  }

  public CollectionList list() {
    return new CollectionList(collections.list(PAGE).stream().map(CollectionRun::brief).toList());
  }

  /**
   * @throws Refusal {@code COLLECTION_UNKNOWN}
   */
  public CollectionRun find(String id) {
    // What cannot be an id is asked of no table: it need not even be a key there.
    return Optional.of(id)
        .filter(CollectionRun::isId)
        .flatMap(collections::find)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.COLLECTION_UNKNOWN,
                    "there is no collection "
                        + quoted(id)
                        + ": see GET /v1/collections for those that there are"));
  }
}
