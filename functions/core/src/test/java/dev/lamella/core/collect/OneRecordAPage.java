package dev.lamella.core.collect;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Shard records whose ids come as DynamoDB has them: again on each page that has some of them. */
record OneRecordAPage(ShardIndex shards) implements ShardIndex {
  private static final int MOST = 10_000;

  @Override
  public Page<LayerId> layers(Optional<String> cursor, int limit) {
    List<LayerId> all =
        shards.layers(Optional.empty(), MOST).items().stream()
            .flatMap(id -> shards.from(id, 0, MOST).stream())
            .map(Shard::layer)
            .toList();
    int at = cursor.map(Integer::parseInt).orElse(0);
    return new Page<>(
        all.subList(at, at + 1),
        at + 1 < all.size() ? Optional.of(Integer.toString(at + 1)) : Optional.empty());
  }

  @Override
  public Put put(Shard shard) {
    return shards.put(shard);
  }

  @Override
  public boolean change(Shard recorded, Shard changed) {
    return shards.change(recorded, changed);
  }

  @Override
  public List<Shard> find(LayerId layer, Collection<Integer> indexes) {
    return shards.find(layer, indexes);
  }

  @Override
  public List<Shard> from(LayerId layer, int index, int limit) {
    return shards.from(layer, index, limit);
  }

  @Override
  public void remove(Collection<Shard> gone) {
    shards.remove(gone);
  }
}
