package dev.lamella.contract;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * DynamoDB as a process sees it that dies after some transactions: none comes through after them.
 */
final class DyingFront extends DynamoDbFront {
  private final AtomicInteger left;

  private DyingFront(URI target, int transactions) throws IOException {
    super(target);
    this.left = new AtomicInteger(transactions);
  }

  static DyingFront before(URI target, int transactions) throws IOException {
    DyingFront front = new DyingFront(target, transactions);
    front.start();
    return front;
  }

  @Override
  boolean admits(String operation) {
    return !operation.equals("TransactWriteItems") || left.getAndDecrement() > 0;
  }
}
