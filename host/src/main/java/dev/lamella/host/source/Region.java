package dev.lamella.host.source;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Bytes of a file.
 *
 * @param offset where they begin, in bytes
 * @param within the directory that the file must be in when it is opened, where there is one; both
 *     are real paths then
 */
public record Region(Path file, long offset, long length, Optional<Path> within) {
  Region(Path file, long offset, long length) {
    this(file, offset, length, Optional.empty());
  }

  /** The file, to read at any offset. */
  public FileChannel open() throws IOException {
    return within.isPresent()
        ? InsideDirectory.open(within.get(), file)
        : FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * The bytes, of a document that is read as a whole.
   *
   * @param name of the document, for the message where there are more than {@code most} bytes
   */
  byte[] read(String name, int most) {
    if (length > most) {
      throw new HostFailure(
          ExitCode.BAD_SOURCE,
          "%s in %s has %d bytes, over the %d that such a document may have"
              .formatted(name, file, length, most));
    }
    return begin((int) length);
  }

  /** The first bytes: as many as asked for, or all there are. */
  byte[] begin(int most) {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, length));
    try (FileChannel channel = open()) {
      while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
        // reads on
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
    if (bytes.hasRemaining()) {
      throw new HostFailure(ExitCode.BAD_SOURCE, file + " became shorter while it was read");
    }
    return bytes.array();
  }
}
