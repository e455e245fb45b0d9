package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssemblyIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Assembled layers in DynamoDB. An item ends by itself, by the table's time to live, long after the
 * object that it is about.
 */
final class DynamoAssemblyIndex implements AssemblyIndex {
  private static final Duration KEPT = Duration.ofDays(7);
  private final Table table;

  DynamoAssemblyIndex(Table table) {
    this.table = table;
  }

  @Override
  public Assembly find(LayerId layer) {
    return table
        .get(Key.assembly(layer))
        .map(
            item ->
                new Assembly(
                    item.find("claimed").map(Instant::parse),
                    item.find("assembled").map(Instant::parse)))
        .orElse(Assembly.NONE);
  }

  @Override
  public boolean claim(LayerId layer, Assembly seen, Instant now, Instant until) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":until", Item.value(until));
    values.put(":now", Item.value(now));
    values.put(":ends", ends(until));
    String asSeen =
        seen.assembled()
            .map(
                at -> {
                  values.put(":seen", Item.value(at));
                  return "#assembled = :seen";
                })
            .orElse("attribute_not_exists(#assembled)");
    return table.update(
        Key.assembly(layer),
        "SET #claimed = :until, #ends = :ends REMOVE #assembled",
        "(attribute_not_exists(#claimed) OR #claimed <= :now) AND " + asSeen,
        values);
  }

  @Override
  public boolean assembled(LayerId layer, Instant until, Instant at) {
    return table.update(
        Key.assembly(layer),
        "SET #assembled = :at, #ends = :ends REMOVE #claimed",
        "#claimed = :until",
        Map.of(":at", Item.value(at), ":ends", ends(at), ":until", Item.value(until)));
  }

  @Override
  public void release(LayerId layer, Instant until) {
    table.update(
        Key.assembly(layer),
        "REMOVE #claimed",
        "#claimed = :until",
        Map.of(":until", Item.value(until)));
  }

  private static AttributeValue ends(Instant time) {
    return Item.value(time.plus(KEPT).getEpochSecond());
  }
}
