package dev.lamella.host.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * An archive, of which only so much is read as the headers of an image's archive take: an archive
 * may say that a name has gigabytes, and whoever reads the headers keeps them in memory.
 */
final class HeadersOnly implements SeekableByteChannel {
  /** Bytes: 65,536 headers, or long names in place of them. An image has a few files a layer. */
  private static final long MOST = 32 << 20;

  private final SeekableByteChannel archive;
  private long read;

  HeadersOnly(SeekableByteChannel archive) {
    this.archive = archive;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count = archive.read(into);
    read += Math.max(0, count);
    if (read > MOST) {
      throw new IOException("its names and headers have over %,d bytes".formatted(MOST));
    }
    return count;
  }

  @Override
  public long position() throws IOException {
    return archive.position();
  }

  @Override
  public SeekableByteChannel position(long to) throws IOException {
    archive.position(to);
    return this;
  }

  @Override
  public long size() throws IOException {
    return archive.size();
  }

  @Override
  public boolean isOpen() {
    return archive.isOpen();
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }
}
