package dev.lamella.contract;

import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * DynamoDB as it is among many: a transaction is cancelled where another write of one of its items
 * is not answered yet, and a write is refused where a transaction has its item. (DynamoDB Local
 * lets them wait for each other.)
 */
final class ConflictingFront extends DynamoDbFront {
  private static final String TRANSACTION = "TransactWriteItems";

  /** Writes that are under way, by item. */
  private final Map<String, Integer> writes = new HashMap<>();

  /** Transactions that are under way, by item. */
  private final Map<String, Integer> transactions = new HashMap<>();

  private final Set<String> contested = ConcurrentHashMap.newKeySet();

  private ConflictingFront(URI target) throws IOException {
    super(target);
  }

  static ConflictingFront before(URI target) throws IOException {
    ConflictingFront front = new ConflictingFront(target);
    front.start();
    return front;
  }

  /** The items, as partition and sort key, for which a request was refused. */
  Set<String> contested() {
    return Set.copyOf(contested);
  }

  @Override
  Optional<String> refusal(String operation, byte[] body) {
    List<String> keys = keys(operation, body);
    boolean isTransaction = operation.equals(TRANSACTION);
    synchronized (writes) {
      List<String> taken =
          keys.stream()
              .filter(
                  key ->
                      transactions.containsKey(key) || (isTransaction && writes.containsKey(key)))
              .toList();
      contested.addAll(taken);
      if (taken.isEmpty()) {
        keys.forEach(key -> of(isTransaction).merge(key, 1, Integer::sum));
        return Optional.empty();
      }
    }
    return Optional.of(
        isTransaction
            ? error(
                "TransactionCanceledException",
                ",\"CancellationReasons\":[{\"Code\":\"TransactionConflict\"}]")
            : error("TransactionConflictException", ""));
  }

  @Override
  void answered(String operation, byte[] body) {
    synchronized (writes) {
      keys(operation, body)
          .forEach(
              key ->
                  of(operation.equals(TRANSACTION))
                      .computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1));
    }
  }

  private Map<String, Integer> of(boolean isTransaction) {
    return isTransaction ? transactions : writes;
  }

  /** The items that a request writes, or checks in a transaction. */
  private static List<String> keys(String operation, byte[] body) {
    JsonNode request = Json.tree(body);
    Stream<JsonNode> items =
        switch (operation) {
          case TRANSACTION ->
              children(request.path("TransactItems"))
                  .flatMap(ConflictingFront::children)
                  .map(ConflictingFront::item);
          case "BatchWriteItem" ->
              children(request.path("RequestItems"))
                  .flatMap(ConflictingFront::children)
                  .flatMap(ConflictingFront::children)
                  .map(ConflictingFront::item);
          case "PutItem", "UpdateItem", "DeleteItem" -> Stream.of(item(request));
          default -> Stream.empty();
        };
    return items
        .map(item -> item.path("PK").path("S").asString() + " " + item.path("SK").path("S"))
        .distinct()
        .toList();
  }

  private static JsonNode item(JsonNode write) {
    return write.has("Key") ? write.path("Key") : write.path("Item");
  }

  private static Stream<JsonNode> children(JsonNode node) {
    Collection<JsonNode> values = node.values();
    return StreamSupport.stream(values.spliterator(), false);
  }
}
