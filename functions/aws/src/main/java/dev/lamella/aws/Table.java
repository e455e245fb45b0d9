package dev.lamella.aws;

import dev.lamella.core.port.Page;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/**
 * The one table, in the few forms of access that the indexes need. All reads but those of the
 * secondary index are strongly consistent. In expressions, attributes are written {@code #name} (so
 * that none is a reserved word) and values {@code :name}.
 */
final class Table {
  /** Condition of a write: there is no such item. */
  static final String ABSENT = "attribute_not_exists(PK)";

  /** Condition of a write: there is such an item. */
  static final String PRESENT = "attribute_exists(PK)";

  /** No condition. */
  static final String ANY = "attribute_exists(PK) OR attribute_not_exists(PK)";

  private static final Pattern NAME = Pattern.compile("#(\\w+)");

  private final DynamoDbClient client;
  private final String name;
  private final TableBatches batches;
  private final TableQueries queries;
  private final TableScan scan;

  Table(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
    this.batches = new TableBatches(client, name);
    this.queries = new TableQueries(client, name);
    this.scan = new TableScan(client, name);
  }

  Optional<Item> get(Key key) {
    var answer =
        call(
            () ->
                client.getItem(
                    get -> get.tableName(name).key(key.attributes()).consistentRead(true)));
    return answer.hasItem() ? Optional.of(Item.of(answer.item())) : Optional.empty();
  }

  /** Whether there is such an item, without reading its other attributes. */
  boolean has(Key key) {
    return call(
        () ->
            client
                .getItem(
                    get ->
                        get.tableName(name)
                            .key(key.attributes())
                            .projectionExpression("PK")
                            .consistentRead(true))
                .hasItem());
  }

  /** Those that there are, in any order. Not one snapshot. */
  List<Item> getAll(Collection<Key> keys) {
    return batches.get(keys);
  }

  /** Those that there are: of each its keys, its size and its id. Not one snapshot. */
  Map<Key, Item> outlines(Collection<Key> keys) {
    return batches.outlines(keys);
  }

  void put(Item item) {
    call(() -> client.putItem(put -> put.tableName(name).item(item.attributes())));
  }

  /** Each with a key of its own. Not all at once. */
  void put(Collection<Item> items) {
    batches.put(items);
  }

  /**
   * @return false, with nothing written, where there is such an item
   */
  boolean putNew(Item item) {
    try {
      call(
          () ->
              client.putItem(
                  put -> put.tableName(name).item(item.attributes()).conditionExpression(ABSENT)));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  /**
   * @return false, with nothing written, where the condition does not hold
   */
  boolean update(Key key, String expression, String condition, Map<String, AttributeValue> values) {
    return updated(key, expression, condition, values).isPresent();
  }

  /**
   * @return the item as it is then; empty, with nothing written, where the condition does not hold
   */
  Optional<Item> updated(
      Key key, String expression, String condition, Map<String, AttributeValue> values) {
    try {
      var answer =
          call(
              () ->
                  client.updateItem(
                      update ->
                          update
                              .tableName(name)
                              .key(key.attributes())
                              .updateExpression(expression)
                              .conditionExpression(condition)
                              .expressionAttributeNames(names(expression + " " + condition))
                              .expressionAttributeValues(values)
                              .returnValues(ReturnValue.ALL_NEW)));
      return Optional.of(Item.of(answer.attributes()));
    } catch (ConditionalCheckFailedException e) {
      return Optional.empty();
    }
  }

  /** Updates an item, or makes it. */
  void set(Key key, String expression, Map<String, AttributeValue> values) {
    before(key, expression, values);
  }

  /**
   * Updates an item, or makes it.
   *
   * @return the attributes that changed, as they were before
   */
  Item before(Key key, String expression, Map<String, AttributeValue> values) {
    return Item.of(
        call(
            () ->
                client
                    .updateItem(
                        update ->
                            update
                                .tableName(name)
                                .key(key.attributes())
                                .updateExpression(expression)
                                .expressionAttributeNames(names(expression))
                                .expressionAttributeValues(values)
                                .returnValues(ReturnValue.UPDATED_OLD))
                    .attributes()));
  }

  /** As {@link TableScan#page}. */
  Page<Item> scan(Filter filter, Optional<String> cursor, int limit) {
    return scan.page(filter, cursor, limit);
  }

  /**
   * @return false where there was no such item: of many who delete one at once, one is told true
   */
  boolean delete(Key key) {
    try {
      call(
          () ->
              client.deleteItem(
                  delete ->
                      delete.tableName(name).key(key.attributes()).conditionExpression(PRESENT)));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  void delete(Collection<Key> keys) {
    batches.delete(keys);
  }

  /** As {@link TableQueries#range}. */
  List<Item> query(String partition, String from, String to, int limit) {
    return queries.range(partition, from, to, limit);
  }

  /** As {@link TableQueries#indexRange}. */
  List<Item> queryIndex(String partition, String from, String to, int limit) {
    return queries.indexRange(partition, from, to, limit);
  }

  /** As {@link TableQueries#indexEnd}. */
  List<Item> lastOfIndex(String partition, int limit) {
    return queries.indexEnd(partition, Key.LAST, limit);
  }

  /** As {@link TableQueries#indexEnd}. */
  List<Item> lastOfIndex(String partition, String end, int limit) {
    return queries.indexEnd(partition, end, limit);
  }

  /** As {@link TableQueries#indexPage}. */
  Page<Item> pageIndex(
      String partition, String end, Optional<Filter> filter, Optional<String> cursor, int limit) {
    return queries.indexPage(partition, end, filter, cursor, limit);
  }

  /** What items of a page have to fulfil. */
  record Filter(String expression, Map<String, AttributeValue> values) {
    Filter {
      values = Map.copyOf(values);
    }
  }

  Transaction transaction() {
    return new Transaction(client, name);
  }

  static Map<String, String> names(String expressions) {
    Map<String, String> names = new HashMap<>();
    NAME.matcher(expressions).results().forEach(match -> names.put(match.group(), match.group(1)));
    return names;
  }

  private <T> T call(Supplier<T> call) {
    return DynamoCalls.of(name, call);
  }
}
