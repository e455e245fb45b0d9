package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/** Calls of DynamoDB that are about a table. What a transaction is in the way of is tried again. */
final class DynamoCalls {
  private DynamoCalls() {}

  static <T> T of(String table, Supplier<T> call) {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        return Faults.translated("DynamoDB", "DynamoDB table " + table, call);
      } catch (Unavailable e) {
        if (!(e.getCause() instanceof TransactionConflictException) || !backoff.again()) {
          throw e;
        }
      }
    }
  }
}
