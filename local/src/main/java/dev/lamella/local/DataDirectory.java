package dev.lamella.local;

import dev.lamella.embedded.Credentials;
import dev.lamella.host.lock.LockFile;
import dev.lamella.host.lock.LockFile.Attempt;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * What a stack keeps between runs. The operating system holds its lock, so one that was killed
 * leaves none behind.
 */
final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final LockFile lock;

  private DataDirectory(Path path, LockFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the directory if it is absent, and takes its lock.
   *
   * @throws IOException if it cannot be written
   * @throws HostFailure if another stack has it
   */
  public static DataDirectory open(Path path) throws IOException {
    Path directory = path.toAbsolutePath().normalize();
    make(directory);
    return switch (LockFile.take(directory.resolve("lock"))) {
      case Attempt.Taken(LockFile lock) -> new DataDirectory(directory, lock);
      case Attempt.Busy busy ->
          throw new HostFailure(
              ExitCode.IN_USE,
              "the data directory %s is in use by another local stack%s: stop that, or choose another"
                  .formatted(directory, busy.owner()));
    };
  }

  private static void make(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw notDirectory(e);
    }
  }

  private static NotDirectoryException notDirectory(FileAlreadyExistsException e) {
    NotDirectoryException failure = new NotDirectoryException(e.getFile());
    failure.initCause(e);
    return failure;
  }

  public Credentials credentials() throws IOException {
    return Credentials.in(path.resolve("credentials"));
  }

  /** Where an S3 endpoint keeps its buckets; 0 is the stack's own. */
  public Path s3(int endpoint) {
    return path.resolve(endpoint == 0 ? "s3" : "s3-" + endpoint);
  }

  public Path dynamoDb() {
    return path.resolve("dynamodb");
  }

  /** One file a secret; only its owner can read them. */
  public Path secrets() {
    return path.resolve("secrets");
  }

  public Path log(String function) {
    return path.resolve("logs").resolve(function + ".log");
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    lock.close();
  }
}
