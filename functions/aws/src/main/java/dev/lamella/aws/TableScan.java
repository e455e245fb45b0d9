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
   * A page of all items that the filter lets through, in no order, those of one partition together.
   *
   * @param limit items to look at
   */
  Page<Item> page(Table.Filter filter, Optional<String> cursor, int limit) {
    var answer =
        DynamoCalls.of(
            name,
            () ->
                client.scan(
                    scan ->
                        scan.tableName(name)
                            .projectionExpression("PK, SK, #id, #since")
                            .filterExpression(filter.expression())
                            .expressionAttributeNames(Map.of("#id", "id", "#since", "since"))
                            .expressionAttributeValues(filter.values())
                            .exclusiveStartKey(cursor.map(Cursor::read).orElse(null))
                            .limit(limit)));
    return new Page<>(
        answer.items().stream().map(Item::of).toList(),
        answer.hasLastEvaluatedKey()
            ? Optional.of(Cursor.write(answer.lastEvaluatedKey()))
            : Optional.empty());
  }
}
