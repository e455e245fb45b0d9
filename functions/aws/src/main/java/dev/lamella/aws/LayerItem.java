package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.Layer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A layer as an item of the table. */
final class LayerItem {
  /** Condition of a write: the layer is the one that was read, and nothing touched it since. */
  static final String UNTOUCHED = "#layer = :layer AND " + NamedThings.UNTOUCHED;

  private LayerItem() {}

  static Map<String, AttributeValue> untouched(Item layer) {
    return Map.of(":layer", layer.get("layer"), ":touched", layer.get("touched"));
  }

  static Item of(Layer layer) {
    Map<String, AttributeValue> servers = new HashMap<>();
    layer.servers().forEach((server, shards) -> servers.put(server, Item.value(shards)));
    Item item =
        Item.at(Key.layer(layer.digest()))
            .indexed(
                DynamoLayerIndex.LAYERS, Item.sortable(layer.verified().orElse(layer.committed())))
            .with("layer", layer.id().value())
            .with("size", layer.slicing().size())
            .with("shardSize", layer.slicing().shardSize())
            .with("shards", layer.slicing().count())
            .with("servers", AttributeValue.fromM(servers))
            .with("touched", 0)
            .with("committed", layer.committed())
            .with("used", layer.used());
    layer.verified().ifPresent(verified -> item.with("verified", verified));
    layer.end().ifPresent(end -> item.with("end", end.bytes()));
    if (layer.isDamaged()) {
      item.with("damaged", Item.numbers(layer.damaged()));
    }
    return item;
  }

  static Layer read(Digest digest, Item item) {
    Map<String, Integer> servers = new HashMap<>();
    item.get("servers").m().forEach((id, shards) -> servers.put(id, Integer.valueOf(shards.n())));
    return new Layer(
        digest,
        new LayerId(item.text("layer")),
        new Slicing(item.number("size"), (int) item.number("shardSize")),
        servers,
        item.time("committed"),
        item.time("used"),
        item.find("verified").map(Instant::parse),
        item.has("end") ? Optional.of(ChainState.of(item.bytes("end"))) : Optional.empty(),
        new TreeSet<>(item.numbers("damaged")));
  }
}
