package dev.lamella.aws;

import dev.lamella.core.port.Page;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Looks at all items of the table, page by page. */
final class TableScan {
  private final DynamoDbClient client;
  private final String name;

  TableScan(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /**
   * A page of the keys of all items whose partition begins with a prefix, in no order, those of one
   * partition together.
   *
   * @param limit items to look at
   */
  Page<Key> page(String prefix, Optional<String> cursor, int limit) {
    var answer =
        Table.call(
            name,
            () ->
                client.scan(
                    scan ->
                        scan.tableName(name)
                            .projectionExpression("PK, SK")
                            .filterExpression("begins_with(PK, :prefix)")
                            .expressionAttributeValues(Map.of(":prefix", Item.value(prefix)))
                            .exclusiveStartKey(cursor.map(Cursor::read).orElse(null))
                            .limit(limit)));
    return new Page<>(
        answer.items().stream().map(item -> Key.of(Item.of(item))).toList(),
        answer.hasLastEvaluatedKey()
            ? Optional.of(Cursor.write(answer.lastEvaluatedKey()))
            : Optional.empty());
  }
}
