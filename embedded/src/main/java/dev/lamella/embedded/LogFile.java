package dev.lamella.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A log as a file of lines. One that has grown over its limit is set aside as {@code .1}, in place
 * of the one before it: so a log has at most twice as much, and loses its oldest lines.
 */
public final class LogFile implements AutoCloseable {
  private static final long USUAL = 16 << 20;

  private final Path file;
  private final long limit;
  private OutputStream out;
  private long size;
  private boolean closed;

  private LogFile(Path file, long limit, OutputStream out) throws IOException {
    this.file = file;
    this.limit = limit;
    this.out = out;
    this.size = Files.size(file);
  }

  /** Goes on with the file, or begins it. 16 MiB are its limit. */
  public static LogFile open(Path file) throws IOException {
    return open(file, USUAL);
  }

  static LogFile open(Path file, long limit) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    return new LogFile(file, limit, appending(file));
  }

  /** The files of a log, the oldest lines first; some may not be there. */
  static List<Path> all(Path file) {
    return List.of(before(file), file);
  }

  private static Path before(Path file) {
    return file.resolveSibling(file.getFileName() + ".1");
  }

  private static OutputStream appending(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Once closed, it does nothing. */
  public synchronized void append(String line) throws IOException {
    if (closed) {
      return;
    }
    if (size > limit) {
      out.close();
      Files.move(file, before(file), StandardCopyOption.REPLACE_EXISTING);
      out = appending(file);
      size = 0;
    }
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(bytes);
    size += bytes.length;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    out.close();
  }
}
