package dev.lamella.aws;

import dev.lamella.core.Parallel;
import dev.lamella.core.Unavailable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Reads, puts and deletes many items of the table, as many by a request as DynamoDB takes. */
final class TableBatches {
  private static final int MOST_READ = 100;
  private static final int MOST_WRITTEN = 25;

  /** Requests at a time. */
  private static final int WIDTH = 4;

  private final DynamoDbClient client;
  private final String name;

  TableBatches(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /** Those that there are, in any order. Not one snapshot. */
  List<Item> get(Collection<Key> keys) {
    return get(keys, KeysAndAttributes.builder());
  }

  /** Those that there are: of each its keys, its size and its id. Not one snapshot. */
  Map<Key, Item> outlines(Collection<Key> keys) {
    return get(
            keys,
            KeysAndAttributes.builder()
                .projectionExpression("PK, SK, #size, #id")
                .expressionAttributeNames(Map.of("#size", "size", "#id", "id")))
        .stream()
        .collect(Collectors.toMap(Key::of, Function.identity()));
  }

  private List<Item> get(Collection<Key> keys, KeysAndAttributes.Builder what) {
    List<Map<String, AttributeValue>> wanted =
        keys.stream().distinct().map(Key::attributes).toList();
    List<Item> items = new ArrayList<>();
    for (int from = 0; from < wanted.size(); from += MOST_READ) {
      what.keys(wanted.subList(from, Math.min(wanted.size(), from + MOST_READ)));
      readBatch(what.consistentRead(true).build(), items);
    }
    return items;
  }

  private void readBatch(KeysAndAttributes what, List<Item> items) {
    Map<String, KeysAndAttributes> open = Map.of(name, what);
    Backoff backoff = new Backoff();
    while (true) {
      Map<String, KeysAndAttributes> request = open;
      var answer =
          DynamoCalls.of(name, () -> client.batchGetItem(get -> get.requestItems(request)));
      answer.responses().getOrDefault(name, List.of()).forEach(found -> items.add(Item.of(found)));
      open = answer.unprocessedKeys();
      if (open.isEmpty()) {
        return;
      }
      requireAgain(backoff, "some reads stayed unprocessed");
    }
  }

  void delete(Collection<Key> keys) {
    write(
        keys.stream()
            .distinct()
            .map(
                key ->
                    WriteRequest.builder()
                        .deleteRequest(delete -> delete.key(key.attributes()))
                        .build()));
  }

  /**
   * @param items each with a key of its own
   */
  void put(Collection<Item> items) {
    write(
        items.stream()
            .map(
                item ->
                    WriteRequest.builder().putRequest(put -> put.item(item.attributes())).build()));
  }

  private void write(Stream<WriteRequest> writes) {
    Parallel.map(
        writes.gather(Gatherers.windowFixed(MOST_WRITTEN)).toList(),
        WIDTH,
        batch -> {
          writeBatch(batch);
          return batch;
        });
  }

  private void writeBatch(List<WriteRequest> writes) {
    Map<String, List<WriteRequest>> open = Map.of(name, writes);
    Backoff backoff = new Backoff();
    while (true) {
      Map<String, List<WriteRequest>> request = open;
      open =
          DynamoCalls.of(
              name,
              () -> client.batchWriteItem(write -> write.requestItems(request)).unprocessedItems());
      if (open.isEmpty()) {
        return;
      }
      requireAgain(backoff, "some writes stayed unprocessed");
    }
  }

  private static void requireAgain(Backoff backoff, String why) {
    if (!backoff.again()) {
      throw new Unavailable("DynamoDB", new IllegalStateException(why));
    }
  }
}
