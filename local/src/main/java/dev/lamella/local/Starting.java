package dev.lamella.local;

import dev.lamella.local.lambda.HandlerException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What starts in a thread of its own. */
final class Starting {
  private Starting() {}

  /**
   * Waits for it.
   *
   * @throws IOException if it does not start
   * @throws HandlerException if it is a function that does not start
   */
  static <T> T await(Future<T> starting) throws IOException {
    try {
      return starting.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case HandlerException failure -> throw failure;
        case null, default -> throw new IOException(String.valueOf(e.getCause()), e);
      }
    }
  }
}
