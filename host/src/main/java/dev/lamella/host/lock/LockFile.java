package dev.lamella.host.lock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file whose holder keeps all others out: other processes by the operating system's lock, which
 * ends with the process, and other threads of this one. It says which process holds it.
 *
 * <p>POSIX ends a lock when its process closes any descriptor of the file, not only the one that
 * took it. So whatever may be locked by this process is never opened a second time: threads meet at
 * a set of paths, and a file is looked at by its path alone.
 */
public final class LockFile implements AutoCloseable {
  private static final Set<Path> HELD = new HashSet<>();

  /** To close one of these would end a lock that this process has. */
  private static final Set<FileChannel> NEVER_CLOSED = new HashSet<>();

  private static final int CHECKS = 3;
  private static final int LONGEST = 1 << 16;
  private static final int DIGITS = 20;

  private final Path file;
  private final FileChannel channel;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** What came of an attempt. */
  public sealed interface Attempt {
    /** It is ours until it is closed. */
    record Taken(LockFile lock) implements Attempt {}

    /**
     * @param process that has it, where that is known
     */
    record Busy(OptionalLong process) implements Attempt {
      /** For a message: {@code " (process 123)"}, or nothing. */
      public String owner() {
        return process.isPresent() ? " (process " + process.getAsLong() + ")" : "";
      }
    }
  }

  /**
   * Takes the lock, or says who has it; never waits. The file and its directory are made where they
   * are missing.
   *
   * @throws IOException where the file cannot be written or locked
   */
  public static Attempt take(Path file) throws IOException {
    while (true) {
      Path path = real(file);
      if (!claim(path)) {
        return new Attempt.Busy(OptionalLong.of(ProcessHandle.current().pid()));
      }
      boolean isTaken = false;
      try {
        FileChannel channel = open(path);
        if (!isLocked(channel)) {
          return busy(channel);
        }
        LockFile lock = new LockFile(path, channel);
        isTaken = lock.isOfPath();
        if (isTaken) {
          return new Attempt.Taken(lock);
        }
        channel.close();
      } catch (NoSuchFileException _) {
        // Who had it has just removed its directory too.
      } finally {
        if (!isTaken) {
          free(path);
        }
      }
    }
  }

  /** One name for one file: directories may be reached by several. */
  private static Path real(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = Objects.requireNonNull(absolute.getParent(), "a lock file is in a directory");
    while (true) {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      try {
        return directory.toRealPath().resolve(Objects.requireNonNull(absolute.getFileName()));
      } catch (NoSuchFileException _) {
        // Who had the lock has just removed its directory too.
      }
    }
  }

  private static boolean claim(Path path) {
    synchronized (HELD) {
      return HELD.add(path);
    }
  }

  private static void free(Path path) {
    synchronized (HELD) {
      HELD.remove(path);
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // This process has it by a path that leads there another way, such as a bind mount.
      synchronized (HELD) {
        NEVER_CLOSED.add(channel);
      }
      return false;
    }
  }

  /**
   * Whether the path still leads to what we locked: its holder before us may have removed it. The
   * length is set through the lock's own channel, and compared by the path. A file that another
   * process has locked would need the same random length each time.
   */
  private boolean isOfPath() throws IOException {
    byte[] process = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < CHECKS; i++) {
      int length = ThreadLocalRandom.current().nextInt(DIGITS + 1, LONGEST);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(process), 0);
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}), length - 1L);
      try {
        if (Files.size(file) != length) {
          return false;
        }
      } catch (NoSuchFileException _) {
        return false;
      }
    }
    channel.truncate(process.length);
    return true;
  }

  private static Attempt busy(FileChannel channel) throws IOException {
    OptionalLong owner = owner(channel);
    synchronized (HELD) {
      if (!NEVER_CLOSED.contains(channel)) {
        channel.close();
      }
    }
    return new Attempt.Busy(owner);
  }

  private static OptionalLong owner(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(DIGITS);
    channel.read(bytes, 0);
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    String digits = text.replaceFirst("(?s)[^0-9].*", "");
    return digits.isEmpty() || digits.length() == DIGITS
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(digits));
  }

  /** Removes the file and gives the lock back. */
  public void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // A lock file without a lock keeps no process out.
    }
    close();
  }

  /** Gives the lock back; the file stays. Idempotent. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException _) {
      // The lock ends with the process at the latest.
    }
    free(file);
  }
}
