package dev.lamella.host.transfer;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.nio.ByteBuffer;

/**
 * What has come of a blob and is still needed.
 *
 * @param window that whoever gets the bytes fills
 */
record ArrivedBytes(Window window) implements BlobSource {
  @Override
  public int read(ByteBuffer into, long at) {
    if (window.isReleased(at)) {
      throw new HostFailure(
          ExitCode.REFUSED, "some of the blob is needed again and has passed by: send it again");
    }
    int length = (int) Math.min(into.remaining(), window.filled() - at);
    if (length <= 0) {
      return -1;
    }
    window.read(into.slice(into.position(), length), at);
    into.position(into.position() + length);
    return length;
  }

  @Override
  public void release(long at, int length) {
    window.release(at, length);
  }

  @Override
  public String toString() {
    return "the blob";
  }
}
