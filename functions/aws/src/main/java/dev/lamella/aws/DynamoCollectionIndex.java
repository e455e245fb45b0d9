package dev.lamella.aws;

import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.CollectionIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs of the janitor in DynamoDB, each as JSON. Which one runs is an item of its own. All are in
 * the secondary index under {@code COLLECTIONS} by the time when they were started.
 */
public final class DynamoCollectionIndex implements CollectionIndex {
  private static final String COLLECTIONS = "COLLECTIONS";
  private static final Key RUNNING = new Key(COLLECTIONS, "RUNNING");

  private final Table table;

  DynamoCollectionIndex(Table table) {
    this.table = table;
  }

  @Override
  public CollectionRun start(CollectionRun fresh) {
    return new OneAtATime<>(table, id -> find(id).filter(CollectionRun::isRunning))
        .start(RUNNING, fresh.id(), item(fresh), fresh);
  }

  @Override
  public boolean save(CollectionRun run) {
    Transaction saving =
        table
            .transaction()
            .update(
                key(run.id()),
                "SET #run = :run, #revision = :revision",
                "#revision = :before",
                Map.of(
                    ":run", Item.value(Json.write(run)),
                    ":revision", Item.value(run.revision()),
                    ":before", Item.value(run.revision() - 1)));
    if (!run.isRunning()) {
      OneAtATime.end(saving, RUNNING, run.id());
    }
    return saving.commit().isEmpty();
  }

  @Override
  public Optional<CollectionRun> find(String id) {
    return table.get(key(id)).map(DynamoCollectionIndex::run);
  }

  @Override
  public List<CollectionRun> list(int limit) {
    return table.lastOfIndex(COLLECTIONS, limit).stream().map(DynamoCollectionIndex::run).toList();
  }

  @Override
  public void remove(CollectionRun run) {
    if (find(run.id()).filter(CollectionRun::isRunning).isEmpty()) {
      table.delete(List.of(key(run.id())));
    }
  }

  private static Item item(CollectionRun run) {
    return Item.at(key(run.id()))
        .indexed(COLLECTIONS, Item.sortable(run.started()))
        .with("run", Json.write(run))
        .with("revision", run.revision());
  }

  private static CollectionRun run(Item item) {
    return Json.read(item.bytes("run"), CollectionRun.class);
  }

  private static Key key(String id) {
    return new Key("COLLECTION#" + id, "COLLECTION");
  }
}
