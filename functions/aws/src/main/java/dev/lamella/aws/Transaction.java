package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** Up to 100 conditional writes, all of them or none. Each step has an index, from 0. */
final class Transaction {
  /** What DynamoDB takes at once. */
  static final int MOST_STEPS = 100;

  /** Reasons that another moment has not. */
  private static final Set<String> PASSING =
      Set.of("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private final DynamoDbClient client;
  private final String table;
  private final List<TransactWriteItem> steps = new ArrayList<>();

  Transaction(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  Transaction put(Item item) {
    return step(
        TransactWriteItem.builder().put(put -> put.tableName(table).item(item.attributes())));
  }

  Transaction putNew(Item item) {
    return step(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table)
                        .item(item.attributes())
                        .conditionExpression(Table.ABSENT)));
  }

  Transaction put(Item item, String condition, Map<String, AttributeValue> values) {
    return step(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table)
                        .item(item.attributes())
                        .conditionExpression(condition)
                        .expressionAttributeNames(Table.names(condition))
                        .expressionAttributeValues(values)));
  }

  Transaction update(
      Key key, String expression, String condition, Map<String, AttributeValue> values) {
    return step(
        TransactWriteItem.builder()
            .update(
                update ->
                    update
                        .tableName(table)
                        .key(key.attributes())
                        .updateExpression(expression)
                        .conditionExpression(condition)
                        .expressionAttributeNames(Table.names(expression + " " + condition))
                        .expressionAttributeValues(values)));
  }

  /** Changes the item, or makes it, whatever it was. */
  Transaction set(Key key, String expression, Map<String, AttributeValue> values) {
    return update(key, expression, Table.ANY, values);
  }

  /** Nothing is written where there is no such item. */
  Transaction require(Key key) {
    return check(key, Table.PRESENT);
  }

  /** Nothing is written where the condition does not hold of the item. */
  Transaction require(Key key, String condition, Map<String, AttributeValue> values) {
    return step(
        TransactWriteItem.builder()
            .conditionCheck(
                check ->
                    check
                        .tableName(table)
                        .key(key.attributes())
                        .conditionExpression(condition)
                        .expressionAttributeNames(Table.names(condition))
                        .expressionAttributeValues(values)));
  }

  /** Nothing is written where there is such an item. */
  Transaction requireAbsent(Key key) {
    return check(key, Table.ABSENT);
  }

  private Transaction check(Key key, String condition) {
    return step(
        TransactWriteItem.builder()
            .conditionCheck(
                check ->
                    check.tableName(table).key(key.attributes()).conditionExpression(condition)));
  }

  /** Also where there is no such item. */
  Transaction delete(Key key) {
    return step(
        TransactWriteItem.builder()
            .delete(delete -> delete.tableName(table).key(key.attributes())));
  }

  Transaction delete(Key key, String condition, Map<String, AttributeValue> values) {
    return step(
        TransactWriteItem.builder()
            .delete(
                delete ->
                    delete
                        .tableName(table)
                        .key(key.attributes())
                        .conditionExpression(condition)
                        .expressionAttributeNames(Table.names(condition))
                        .expressionAttributeValues(values)));
  }

  private Transaction step(TransactWriteItem.Builder step) {
    steps.add(step.build());
    return this;
  }

  int size() {
    return steps.size();
  }

  /**
   * Writes all, or nothing. The SDK's own retries are one request to DynamoDB, by the token that it
   * adds; here it is tried again where other transactions were in the way.
   *
   * @return indexes of the steps whose condition did not hold; none where all is written
   */
  Set<Integer> commit() {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        DynamoCalls.of(table, () -> client.transactWriteItems(write -> write.transactItems(steps)));
        return Set.of();
      } catch (TransactionCanceledException e) {
        boolean passing = e.cancellationReasons().stream().anyMatch(Transaction::isPassing);
        if (!passing) {
          return refused(e);
        }
        if (!backoff.again()) {
          throw new Unavailable("DynamoDB", e);
        }
      } catch (TransactionInProgressException e) {
        if (!backoff.again()) {
          throw new Unavailable("DynamoDB", e);
        }
      }
    }
  }

  private static boolean isPassing(CancellationReason reason) {
    return PASSING.contains(reason.code());
  }

  private static Set<Integer> refused(TransactionCanceledException e) {
    Set<Integer> refused = new TreeSet<>();
    List<CancellationReason> reasons = e.cancellationReasons();
    for (int i = 0; i < reasons.size(); i++) {
      if ("ConditionalCheckFailed".equals(reasons.get(i).code())) {
        refused.add(i);
      }
    }
    if (refused.isEmpty()) {
      throw e;
    }
    return refused;
  }
}
