package dev.lamella.host.pull;

import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Where the bytes of one blob go, under a name that is not final. Nothing is written outside of it.
 *
 * @param offset where the blob begins in the file, in bytes
 * @param begun whether an earlier pull may have left some of it there
 */
record Place(FileChannel channel, Path file, long offset, long length, boolean begun) {

  void write(byte[] bytes, int count, long at) {
    if (at < 0 || at + count > length) {
      throw new IndexOutOfBoundsException(count + " bytes at " + at + " of " + length);
    }
    ByteBuffer left = ByteBuffer.wrap(bytes, 0, count);
    try {
      for (long to = offset + at; left.hasRemaining(); ) {
        to += channel.write(left, to);
      }
    } catch (IOException e) {
      throw LocalFile.failure("write", file, e);
    }
  }

  /**
   * @return bytes read, fewer than asked for where the file ends
   */
  int read(byte[] bytes, int count, long at) {
    ByteBuffer left = ByteBuffer.wrap(bytes, 0, (int) Math.min(count, length - at));
    try {
      while (left.hasRemaining() && channel.read(left, offset + at + left.position()) >= 0) {
        // reads on
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
    return left.position();
  }
}
