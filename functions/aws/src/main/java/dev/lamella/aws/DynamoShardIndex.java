package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardIndex;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

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
  public boolean change(Shard recorded, Shard changed) {
    return table.update(
        Key.shard(recorded.layer(), recorded.index()),
        "SET #copies = :copies",
        "#after = :after AND (#copies = :was OR #copies = :copies)",
        Map.of(
            ":copies", copies(changed),
            ":after", Item.value(changed.link().after().bytes()),
            ":was", copies(recorded)));
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
        .with("before", shard.link().before().bytes())
        .with("after", shard.link().after().bytes())
        .with("copies", copies(shard));
  }

  private static Shard shard(LayerId layer, Item item) {
    return new Shard(
        new RepositoryName(item.text("image")),
        layer,
        (int) item.number("index"),
        item.number("offset"),
        (int) item.number("size"),
        link(item),
        item.get("copies").l().stream().map(copy -> copy(Item.of(copy.m()))).toList());
  }

  private static AttributeValue copies(Shard shard) {
    return AttributeValue.fromL(shard.copies().stream().map(DynamoShardIndex::value).toList());
  }

  private static AttributeValue value(Copy copy) {
    return AttributeValue.fromM(
        Map.of(
            "server", Item.value(copy.server()),
            "key", Item.value(copy.key()),
            "checksum", Item.value(copy.checksum()),
            "etag", Item.value(copy.etag()),
            "state", Item.value(copy.state().name())));
  }

  private static Copy copy(Item copy) {
    return new Copy(
        copy.text("server"),
        copy.text("key"),
        copy.text("checksum"),
        copy.text("etag"),
        Copy.State.valueOf(copy.text("state")));
  }

  private static Link link(Item item) {
    return new Link(ChainState.of(item.bytes("before")), ChainState.of(item.bytes("after")));
  }
}
