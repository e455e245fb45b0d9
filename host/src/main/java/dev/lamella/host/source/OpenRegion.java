package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.transfer.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/** Bytes of an open file, as a blob. */
public final class OpenRegion implements BlobSource, AutoCloseable {
  private final Region region;
  private FileChannel channel;
  private boolean isClosed;

  public OpenRegion(Region region, FileChannel channel) {
    this.region = region;
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer into, long at) {
    if (at >= region.length()) {
      return -1;
    }
    int limit = into.limit();
    into.limit((int) Math.min(limit, into.position() + region.length() - at));
    try {
      return readOpen(into, region.offset() + at);
    } catch (IOException e) {
      throw LocalFile.failure("read", region.file(), e);
    } finally {
      into.limit(limit);
    }
  }

  /** An interrupt closes the channel that the thread reads from: for all threads, and for good. */
  private int readOpen(ByteBuffer into, long at) throws IOException {
    FileChannel open = channel();
    try {
      return open.read(into, at);
    } catch (ClosedChannelException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      reopen();
      return readOpen(into, at);
    }
  }

  private synchronized FileChannel channel() {
    return channel;
  }

  private synchronized void reopen() throws IOException {
    if (isClosed) {
      throw new ClosedChannelException();
    }
    if (!channel.isOpen()) {
      channel = region.channel();
    }
  }

  @Override
  public String toString() {
    return region.file() + " from byte " + region.offset() + " on";
  }

  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    channel.close();
  }
}
