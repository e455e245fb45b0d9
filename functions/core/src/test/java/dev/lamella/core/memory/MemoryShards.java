package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Shard records over maps. */
final class MemoryShards implements ShardIndex {
  private final MemoryTables tables;

  MemoryShards(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Put put(Shard shard) {
    synchronized (tables) {
      Shard first =
          tables
              .shards
              .computeIfAbsent(shard.layer(), _ -> new TreeMap<>())
              .putIfAbsent(shard.index(), shard);
      return first == null || first.link().equals(shard.link()) ? Put.WRITTEN : Put.OTHER_LINK;
    }
  }

  @Override
  public boolean change(Shard recorded, Shard changed) {
    synchronized (tables) {
      Shard stored = written(recorded.layer()).get(recorded.index());
      boolean holds = recorded.equals(stored) || changed.equals(stored);
      if (holds) {
        written(recorded.layer()).put(recorded.index(), changed);
      }
      return holds;
    }
  }

  @Override
  public List<Shard> find(LayerId layer, Collection<Integer> indexes) {
    synchronized (tables) {
      NavigableMap<Integer, Shard> written = written(layer);
      return indexes.stream()
          .distinct()
          .flatMap(index -> Stream.ofNullable(written.get(index)))
          .toList();
    }
  }

  @Override
  public List<Shard> from(LayerId layer, int index, int limit) {
    synchronized (tables) {
      return written(layer).tailMap(index, true).values().stream().limit(limit).toList();
    }
  }

  @Override
  public Page<LayerId> layers(Optional<String> cursor, int limit) {
    synchronized (tables) {
      List<LayerId> page =
          tables.shards.keySet().stream()
              .filter(id -> cursor.map(last -> id.value().compareTo(last) > 0).orElse(true))
              .sorted(Comparator.comparing(LayerId::value))
              .limit(limit)
              .toList();
      return new Page<>(
          page, page.size() < limit ? Optional.empty() : Optional.of(page.getLast().value()));
    }
  }

  @Override
  public void remove(Collection<Shard> shards) {
    synchronized (tables) {
      shards.forEach(
          shard ->
              tables.shards.computeIfPresent(
                  shard.layer(),
                  (_, written) -> {
                    written.remove(shard.index());
                    return written.isEmpty() ? null : written;
                  }));
    }
  }

  private NavigableMap<Integer, Shard> written(LayerId layer) {
    return tables.shards.getOrDefault(layer, new TreeMap<>());
  }
}
