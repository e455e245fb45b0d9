package dev.lamella.local;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What has been started, to be closed in the opposite order. */
final class Closing implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /** Closes all, even if one fails; then throws what the first failed with. */
  @Override
  public synchronized void close() throws IOException {
    @Nullable IOException failure = null;
    for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        IOException failed = e instanceof IOException io ? io : new IOException(e);
        if (failure == null) {
          failure = failed;
        } else {
          failure.addSuppressed(failed);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
