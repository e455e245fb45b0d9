package dev.lamella.host.pull;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * Keeps other pulls from a target. The lock is the operating system's and ends with the process;
 * its file goes when the lock is let go.
 */
final class TargetLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private TargetLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @param target for the message
   * @throws HostFailure {@code IO} where another pull has it
   */
  static TargetLock take(Path file, Path target) {
    while (true) {
      FileChannel channel = Disk.open(file);
      TargetLock lock = new TargetLock(file, channel);
      boolean isOurs = false;
      try {
        if (!isLocked(channel)) {
          throw new HostFailure(
              ExitCode.IO, "another pull is writing to " + target + ": wait for it");
        }
        isOurs = lock.isOfFile();
      } catch (IOException e) {
        throw LocalFile.failure("lock", file, e);
      } finally {
        if (!isOurs) {
          closeQuietly(channel);
        }
      }
      if (isOurs) {
        return lock;
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // Another pull of this process has it.
      return false;
    }
  }

  /** Whoever had it may have removed the file after we opened it: then we locked nothing. */
  private boolean isOfFile() throws IOException {
    byte[] mark = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(mark), 0);
    try {
      return Arrays.equals(mark, Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // A lock file without a lock keeps nobody out.
    }
    closeQuietly(channel);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // The lock ends with the process at the latest.
    }
  }
}
