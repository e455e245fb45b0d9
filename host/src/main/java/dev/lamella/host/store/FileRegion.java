package dev.lamella.host.store;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Bytes of an open file, sent piece by piece: what is held of it is one buffer.
 *
 * @param offset where they begin, in bytes
 */
public record FileRegion(FileChannel channel, Path file, long offset, long length) implements Body {
  private static final int BUFFER = 64 << 10;

  @Override
  public void writeTo(OutputStream out, LongConsumer progress) throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
    long sent = 0;
    while (sent < length) {
      int read = read(buffer, sent);
      out.write(buffer, 0, read);
      progress.accept(read);
      sent += read;
    }
  }

  /** Trouble with the file must not look like trouble with the connection, which is tried again. */
  private int read(byte[] buffer, long sent) {
    int wanted = (int) Math.min(buffer.length, length - sent);
    try {
      int read = channel.read(ByteBuffer.wrap(buffer, 0, wanted), offset + sent);
      if (read > 0) {
        return read;
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
    throw new HostFailure(
        ExitCode.BAD_SOURCE, file + " became shorter while it was being sent: push it again");
  }
}
