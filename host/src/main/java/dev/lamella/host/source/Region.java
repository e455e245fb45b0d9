package dev.lamella.host.source;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes of a file. It is opened as it is: not through a link that took its place since it was
 * found.
 *
 * @param offset where they begin, in bytes
 */
public record Region(Path file, long offset, long length) {

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

  /** Opens the file for reading. The caller closes it. */
  public OpenRegion open() throws IOException {
    return new OpenRegion(this, channel());
  }

  FileChannel channel() throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** The first bytes: as many as asked for, or all there are. */
  byte[] begin(int most) {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, length));
    try (OpenRegion open = open()) {
      while (bytes.hasRemaining() && open.read(bytes, bytes.position()) >= 0) {
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
