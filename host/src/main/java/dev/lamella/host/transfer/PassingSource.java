package dev.lamella.host.transfer;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A blob that passes by once, in a stream. It is read only as far as the window reaches, so that
 * whoever writes too fast has to wait. What comes after the blob is left in the stream; so is the
 * blob itself, or a part of it, where the store turns out to have it.
 */
public final class PassingSource implements BlobSource {
  private final InputStream in;
  private final String name;
  private final Window window;
  private long head;

  /**
   * @param in read by one thread at a time, which is interrupted where the transfer ends early: a
   *     stream that does not react to that is to be closed then
   * @param name of what is sent, for messages
   * @param window bytes held at most: at least a shard, and several for parts in parallel
   */
  public PassingSource(InputStream in, String name, int window) {
    this.in = in;
    this.name = name;
    this.window = new Window(window);
  }

  @Override
  public int read(ByteBuffer into, long at) {
    long left = window.filled() - at;
    return left > 0 ? again(into, at, left) : next(into, at);
  }

  private int again(ByteBuffer into, long at, long left) {
    if (window.isReleased(at)) {
      throw new HostFailure(
          ExitCode.REFUSED, name + " is needed again and has passed by: send it again");
    }
    return copy(into, at, (int) Math.min(into.remaining(), left));
  }

  private synchronized int next(ByteBuffer into, long at) {
    if (at != head) {
      throw new IllegalStateException("byte " + at + " is read while only " + head + " have come");
    }
    int wanted = Math.min(into.remaining(), window.room(at));
    int length = read(wanted);
    head += length;
    window.fill(at, length);
    return copy(into, at, length);
  }

  private int copy(ByteBuffer into, long at, int length) {
    window.read(into.slice(into.position(), length), at);
    into.position(into.position() + length);
    return length;
  }

  private int read(int wanted) {
    int length;
    try {
      length = window.write(in, head, wanted);
    } catch (IOException e) {
      throw new HostFailure(
          ExitCode.BAD_SOURCE,
          "%s broke off after %d bytes: %s".formatted(name, head, e.getMessage()),
          e);
    }
    if (length < 0) {
      throw new HostFailure(ExitCode.BAD_SOURCE, "%s ended after %d bytes".formatted(name, head));
    }
    return length;
  }

  @Override
  public void await(long at, int length) {
    window.requireSize(length);
    var _ = window.awaitFilled(at + length);
  }

  @Override
  public void release(long at, int length) {
    window.release(at, length);
  }

  @Override
  public String toString() {
    return name;
  }
}
