package dev.lamella.core.memory;

import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.port.CollectionIndex;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs of the janitor over a map. */
public final class MemoryCollections implements CollectionIndex {
  private final Map<String, CollectionRun> runs = new HashMap<>();

  @Override
  public synchronized CollectionRun start(CollectionRun fresh) {
    Optional<CollectionRun> running =
        runs.values().stream().filter(CollectionRun::isRunning).findFirst();
    if (running.isEmpty()) {
      runs.put(fresh.id(), fresh);
    }
    return running.orElse(fresh);
  }

  @Override
  public synchronized boolean save(CollectionRun run) {
    boolean holds =
        find(run.id()).filter(saved -> saved.revision() == run.revision() - 1).isPresent();
    if (holds) {
      runs.put(run.id(), run);
    }
    return holds;
  }

  @Override
  public synchronized Optional<CollectionRun> find(String id) {
    return Optional.ofNullable(runs.get(id));
  }

  @Override
  public synchronized List<CollectionRun> list(int limit) {
    return runs.values().stream()
        .sorted(Comparator.comparing(CollectionRun::started).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized void remove(CollectionRun run) {
    runs.computeIfPresent(run.id(), (_, saved) -> saved.isRunning() ? saved : null);
  }
}
