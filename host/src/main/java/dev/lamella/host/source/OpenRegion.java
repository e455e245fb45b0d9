package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.transfer.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Bytes of an open file, as a blob.
 *
 * @param offset where they begin, in bytes
 */
public record OpenRegion(FileChannel channel, Path file, long offset, long length)
    implements BlobSource, AutoCloseable {

  @Override
  public int read(ByteBuffer into, long at) {
    if (at >= length) {
      return -1;
    }
    int limit = into.limit();
    into.limit((int) Math.min(limit, into.position() + length - at));
    try {
      return channel.read(into, offset + at);
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    } finally {
      into.limit(limit);
    }
  }

  @Override
  public String toString() {
    return file + " from byte " + offset + " on";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
