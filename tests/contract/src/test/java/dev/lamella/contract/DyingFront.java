package dev.lamella.contract;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** DynamoDB as a process sees it that dies after some writes: none comes through after them. */
final class DyingFront extends DynamoDbFront {
  private static final Set<String> WRITES =
      Set.of("BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem");

  private final AtomicInteger left;

  private DyingFront(URI target, int writes) throws IOException {
    super(target);
    this.left = new AtomicInteger(writes);
  }

  static DyingFront before(URI target, int writes) throws IOException {
    DyingFront front = new DyingFront(target, writes);
    front.start();
    return front;
  }

  @Override
  Optional<String> refusal(String operation, byte[] body) {
    boolean isAlive = !WRITES.contains(operation) || left.getAndDecrement() > 0;
    return isAlive ? Optional.empty() : Optional.of(error("AccessDeniedException", ""));
  }
}
