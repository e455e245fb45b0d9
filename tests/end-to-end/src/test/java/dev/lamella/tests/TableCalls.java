package dev.lamella.tests;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What IAM is asked for calls of DynamoDB, each with the partitions that it is about. */
final class TableCalls {
  static final String LEADING_KEYS = "dynamodb:LeadingKeys";
  private static final Pattern PARTITION = Pattern.compile("^\\S+ = (:\\w+)");

  private TableCalls() {}

  static List<AwsCall> of(String operation, SdkRequest request) {
    return switch (request) {
      case BatchGetItemRequest batch ->
          batch.requestItems().entrySet().stream()
              .map(each -> call(operation, each.getKey(), each.getValue().keys().stream()))
              .toList();
      case BatchWriteItemRequest batch ->
          batch.requestItems().entrySet().stream()
              .map(
                  each ->
                      call(
                          operation, each.getKey(), each.getValue().stream().map(TableCalls::item)))
              .toList();
      case TransactWriteItemsRequest transaction -> steps(transaction);
      case QueryRequest query -> List.of(query(query));
      default -> List.of(one(operation, request));
    };
  }

  private static AwsCall one(String operation, SdkRequest request) {
    String table = AwsCall.text(request, "TableName");
    return switch (operation) {
      case "GetItem", "UpdateItem", "DeleteItem" ->
          call(operation, table, Stream.of(field(request, "Key")));
      case "PutItem" -> call(operation, table, Stream.of(field(request, "Item")));
      // Of all partitions: IAM is told of none.
      case "Scan" -> new AwsCall("dynamodb:Scan", table);
      default ->
          throw new AssertionError("which permission does DynamoDB want for " + operation + "?");
    };
  }

  @SuppressWarnings("unchecked")
  private static Map<String, AttributeValue> field(SdkRequest request, String name) {
    return (Map<String, AttributeValue>) request.getValueForField(name, Map.class).orElseThrow();
  }

  private static AwsCall query(QueryRequest query) {
    Matcher partition = PARTITION.matcher(query.keyConditionExpression());
    if (!partition.find()) {
      throw new AssertionError("of which partition? " + query.keyConditionExpression());
    }
    String index = Optional.ofNullable(query.indexName()).map("/index/"::concat).orElse("");
    String value = text(query.expressionAttributeValues(), partition.group(1));
    return new AwsCall(
        "dynamodb:Query", query.tableName() + index, Map.of(LEADING_KEYS, Set.of(value)));
  }

  private static Map<String, AttributeValue> item(WriteRequest write) {
    return write.putRequest() != null ? write.putRequest().item() : write.deleteRequest().key();
  }

  private record Step(String action, String table, Map<String, AttributeValue> item) {
    static Step of(TransactWriteItem item) {
      if (item.put() != null) {
        return new Step("PutItem", item.put().tableName(), item.put().item());
      }
      if (item.update() != null) {
        return new Step("UpdateItem", item.update().tableName(), item.update().key());
      }
      if (item.delete() != null) {
        return new Step("DeleteItem", item.delete().tableName(), item.delete().key());
      }
      return new Step(
          "ConditionCheckItem", item.conditionCheck().tableName(), item.conditionCheck().key());
    }
  }

  /** As if one statement had to allow all steps of an action: then it allows each of them, too. */
  private static List<AwsCall> steps(TransactWriteItemsRequest transaction) {
    return transaction.transactItems().stream()
        .map(Step::of)
        .collect(
            groupingBy(
                step -> new AwsCall("dynamodb:" + step.action(), step.table()),
                mapping(step -> partition(step.item()), toSet())))
        .entrySet()
        .stream()
        .map(
            each ->
                new AwsCall(
                    each.getKey().action(),
                    each.getKey().resource(),
                    Map.of(LEADING_KEYS, each.getValue())))
        .toList();
  }

  private static AwsCall call(
      String operation, String table, Stream<Map<String, AttributeValue>> items) {
    return new AwsCall(
        "dynamodb:" + operation,
        table,
        Map.of(LEADING_KEYS, items.map(TableCalls::partition).collect(toSet())));
  }

  private static String partition(Map<String, AttributeValue> item) {
    return text(item, "PK");
  }

  private static String text(Map<String, AttributeValue> values, String name) {
    AttributeValue value = values.get(name);
    if (value == null) {
      throw new AssertionError("of which partition? " + values.keySet());
    }
    return value.s();
  }
}
