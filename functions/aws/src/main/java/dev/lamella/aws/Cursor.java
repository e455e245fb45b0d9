package dev.lamella.aws;

import dev.lamella.core.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Where a page of the table ended, as text; all keys of the table are texts. */
final class Cursor {
  private Cursor() {}

  static String write(Map<String, AttributeValue> last) {
    Map<String, String> keys = new TreeMap<>();
    last.forEach((name, value) -> keys.put(name, value.s()));
    return new String(Json.write(keys), StandardCharsets.UTF_8);
  }

  /** The place of an item in the secondary index. */
  static String of(Item item) {
    Map<String, AttributeValue> keys = new HashMap<>();
    for (String name : List.of("PK", "SK", "IPK", "ISK")) {
      keys.put(name, item.get(name));
    }
    return write(keys);
  }

  static Map<String, AttributeValue> read(String cursor) {
    Map<String, AttributeValue> keys = new HashMap<>();
    Json.tree(cursor.getBytes(StandardCharsets.UTF_8))
        .properties()
        .forEach(key -> keys.put(key.getKey(), Item.value(key.getValue().asString())));
    return keys;
  }
}
