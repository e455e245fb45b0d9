package dev.lamella.host.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A channel of which only so many bytes are read: an archive's headers say how long they are. */
final class CountedReads implements SeekableByteChannel {
  private final SeekableByteChannel channel;
  private final RuntimeException tooMany;
  private long left;

  /**
   * @param most bytes that may be read
   * @param tooMany what is thrown when there are more
   */
  CountedReads(SeekableByteChannel channel, long most, RuntimeException tooMany) {
    this.channel = channel;
    this.left = most;
    this.tooMany = tooMany;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int read = channel.read(target);
    left -= Math.max(read, 0);
    if (left < 0) {
      throw tooMany;
    }
    return read;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public SeekableByteChannel position(long position) throws IOException {
    channel.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
