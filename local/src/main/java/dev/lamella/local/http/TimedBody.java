package dev.lamella.local.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;

/** The body of a request, from a client that must not be too slow. */
final class TimedBody extends FilterInputStream {
  private final Limits limits;
  private final long start = System.nanoTime();
  private long taken;

  TimedBody(InputStream in, Limits limits) {
    super(in);
    this.limits = limits;
  }

  /** The client sends its body too slowly. */
  static final class TooSlow extends IOException {
    private static final long serialVersionUID = 1;

    TooSlow() {
      super("the body comes too slowly");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int read = super.read(buffer, offset, length);
      taken += Math.max(0, read);
      long due = limits.body().toNanos() + taken * (1_000_000_000 / Limits.SLOWEST);
      if (read >= 0 && System.nanoTime() - start > due) {
        throw new TooSlow();
      }
      return read;
    } catch (IOException e) {
      throw e.getCause() instanceof TimeoutException ? new TooSlow() : e;
    }
  }
}
