package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shard records in DynamoDB, one partition a layer. */
public final class DynamoShardIndex implements ShardIndex {
  private static final Table.Filter ALL =
      new Table.Filter("begins_with(PK, :shards)", Map.of(":shards", Item.value(Key.SHARDS)));

  private final Table table;

  DynamoShardIndex(Table table) {
    this.table = table;
  }

  @Override
  public Put put(Shard shard) {
    if (table.putNew(item(shard))) {
      return Put.WRITTEN;
    }
    // Records are never removed while their upload goes on, so the first one is there.
    boolean same =
        table
            .get(Key.shard(shard.layer(), shard.index()))
            .map(first -> link(first).equals(shard.link()))
            .orElse(false);
    return same ? Put.WRITTEN : Put.OTHER_LINK;
  }

  @Override
  public boolean move(Shard recorded, Shard written) {
    return table.update(
        Key.shard(recorded.layer(), recorded.index()),
        "SET #server = :server, #checksum = :checksum, #etag = :etag",
        "#after = :after AND #server IN (:was, :server)",
        Map.of(
            ":server", Item.value(written.server()),
            ":checksum", Item.value(written.checksum()),
            ":etag", Item.value(written.etag()),
            ":after", Item.value(written.link().after().bytes()),
            ":was", Item.value(recorded.server())));
  }

  @Override
  public List<Shard> find(LayerId layer, Collection<Integer> indexes) {
    return table.getAll(indexes.stream().map(index -> Key.shard(layer, index)).toList()).stream()
        .map(item -> shard(layer, item))
        .toList();
  }

  @Override
  public List<Shard> from(LayerId layer, int index, int limit) {
    Key first = Key.shard(layer, index);
    return table
        .query(first.partition(), first.sort(), Key.shard(layer, Slicing.MOST_SHARDS).sort(), limit)
        .stream()
        .map(item -> shard(layer, item))
        .toList();
  }

  @Override
  public Page<LayerId> layers(Optional<String> cursor, int limit) {
    Page<Item> page = table.scan(ALL, cursor, limit);
    return new Page<>(
        page.items().stream()
            .map(item -> item.text("PK").substring(Key.SHARDS.length()))
            .distinct()
            .map(LayerId::new)
            .toList(),
        page.next());
  }

  @Override
  public void remove(Collection<Shard> shards) {
    table.delete(shards.stream().map(shard -> Key.shard(shard.layer(), shard.index())).toList());
  }

  private static Item item(Shard shard) {
    return Item.at(Key.shard(shard.layer(), shard.index()))
        .with("index", shard.index())
        .with("image", shard.image().value())
        .with("offset", shard.offset())
        .with("size", shard.size())
        .with("server", shard.server())
        .with("key", shard.key())
        .with("checksum", shard.checksum())
        .with("etag", shard.etag())
        .with("before", shard.link().before().bytes())
        .with("after", shard.link().after().bytes());
  }

  private static Shard shard(LayerId layer, Item item) {
    return new Shard(
        new RepositoryName(item.text("image")),
        layer,
        (int) item.number("index"),
        item.number("offset"),
        (int) item.number("size"),
        item.text("server"),
        item.text("key"),
        item.text("checksum"),
        item.find("etag").orElse(""),
        link(item));
  }

  private static Link link(Item item) {
    return new Link(ChainState.of(item.bytes("before")), ChainState.of(item.bytes("after")));
  }
}
