package dev.lamella.host.pull;

import dev.lamella.host.lock.LockFile;
import dev.lamella.host.lock.LockFile.Attempt;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps other pulls from a target. Its file goes when the lock is let go. */
record TargetLock(LockFile lock) implements AutoCloseable {

  /**
   * @param target for the message
   * @throws HostFailure {@code IN_USE} where another pull has it
   */
  static TargetLock take(Path file, Path target) {
    try {
      return switch (LockFile.take(file)) {
        case Attempt.Taken(LockFile lock) -> new TargetLock(lock);
        case Attempt.Busy busy ->
            throw new HostFailure(
                ExitCode.IN_USE,
                "another pull%s is writing to %s: wait for it".formatted(busy.owner(), target));
      };
    } catch (IOException e) {
      throw LocalFile.failure("lock", file, e);
    }
  }

  @Override
  public void close() {
    lock.remove();
  }
}
