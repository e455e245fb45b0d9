package dev.lamella.local.storage;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What a stack keeps between runs. The operating system holds its lock, so one that was killed
 * leaves none behind.
 */
public final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
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
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new HostFailure(
            ExitCode.IN_USE,
            "the data directory %s is in use by another local stack%s: stop that, or choose another"
                .formatted(directory, owner(channel)));
      }
      channel.truncate(0);
      String process = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)));
      return new DataDirectory(directory, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
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

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Held by another stack of this same JVM.
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer process = ByteBuffer.allocate(20);
    channel.read(process, 0);
    String text = new String(process.array(), 0, process.position(), StandardCharsets.US_ASCII);
    return text.isEmpty() ? "" : " (process " + text + ")";
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

  public Path log(String function) {
    return path.resolve("logs").resolve(function + ".log");
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
