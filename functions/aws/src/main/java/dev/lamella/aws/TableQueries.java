package dev.lamella.aws;

import dev.lamella.core.port.Page;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** Reads that find items by a range of sort keys: of the table, or of its secondary index. */
final class TableQueries {
  private static final String INDEX = "index";
  private static final String KEYS = "PK = :partition AND SK BETWEEN :from AND :to";

  private final DynamoDbClient client;
  private final String name;

  TableQueries(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /** Items of a partition in order of sort key, which is from {@code from} to {@code to}. */
  List<Item> range(String partition, String from, String to, int limit) {
    return query(range(KEYS, partition, from, to).consistentRead(true), limit);
  }

  /** The same by the secondary index, which may lag. */
  List<Item> indexRange(String partition, String from, String to, int limit) {
    return query(
        range("IPK = :partition AND ISK BETWEEN :from AND :to", partition, from, to)
            .indexName(INDEX),
        limit);
  }

  /**
   * The items of the secondary index under a partition with the last sort keys before {@code end},
   * the last first.
   */
  List<Item> indexEnd(String partition, String end, int limit) {
    return query(
        QueryRequest.builder()
            .tableName(name)
            .indexName(INDEX)
            .keyConditionExpression("IPK = :partition AND ISK < :end")
            .expressionAttributeValues(
                Map.of(":partition", Item.value(partition), ":end", Item.value(end)))
            .scanIndexForward(false),
        limit);
  }

  private QueryRequest.Builder range(String keys, String partition, String from, String to) {
    return QueryRequest.builder()
        .tableName(name)
        .keyConditionExpression(keys)
        .expressionAttributeValues(
            Map.of(
                ":partition", Item.value(partition),
                ":from", Item.value(from),
                ":to", Item.value(to)));
  }

  private List<Item> query(QueryRequest.Builder query, int limit) {
    return DynamoCalls.of(
        name,
        () ->
            client.queryPaginator(query.limit(limit).build()).items().stream()
                .limit(limit)
                .map(Item::of)
                .toList());
  }

  /**
   * A page of the items of the secondary index under a partition whose sort key is before {@code
   * end}, in order of sort key.
   *
   * @param limit items to look at; the page has those of them that the filter lets through
   */
  Page<Item> indexPage(
      String partition,
      String end,
      Optional<Table.Filter> filter,
      Optional<String> cursor,
      int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":partition", Item.value(partition));
    values.put(":end", Item.value(end));
    QueryRequest.Builder query =
        QueryRequest.builder()
            .tableName(name)
            .indexName(INDEX)
            .keyConditionExpression("IPK = :partition AND ISK < :end")
            .limit(limit);
    filter.ifPresent(
        wanted -> {
          values.putAll(wanted.values());
          query
              .filterExpression(wanted.expression())
              .expressionAttributeNames(Table.names(wanted.expression()));
        });
    cursor.ifPresent(from -> query.exclusiveStartKey(Cursor.read(from)));
    var answer =
        DynamoCalls.of(name, () -> client.query(query.expressionAttributeValues(values).build()));
    return new Page<>(
        answer.items().stream().map(Item::of).toList(),
        answer.hasLastEvaluatedKey()
            ? Optional.of(Cursor.write(answer.lastEvaluatedKey()))
            : Optional.empty());
  }
}
