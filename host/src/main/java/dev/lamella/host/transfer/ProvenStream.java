package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * A blob as a stream, fetched in parallel ahead of its reader as far as the window reaches. No byte
 * is given out before the link of its shard holds; of a sha512, whose links prove less, the last
 * bytes not before its digest is right. Of a part of a blob, the stream has all of its shards.
 *
 * <p>Where the transfer fails, {@link #read} throws an IOException whose cause says why, such as a
 * {@link HostFailure}. {@link #close} ends a transfer that is not over, at once.
 */
public final class ProvenStream extends InputStream {
  private final PullBlob pull;
  private final Window window;
  private final Thread fetching;
  private final Optional<SerialDigest> serial;
  private volatile Optional<Throwable> failure = Optional.empty();
  private volatile boolean closed;
  private Optional<HostFailure> wrong = Optional.empty();
  private long at;

  private ProvenStream(PullBlob pull, Window window) {
    this.pull = pull;
    this.window = window;
    this.fetching = Thread.ofVirtual().unstarted(this::fetch);
    this.at = pull.start();
    this.serial =
        Optional.of(pull.blob().digest().algorithm())
            .filter(algorithm -> algorithm != Algorithm.SHA256 && pull.isWhole())
            .map(SerialDigest::new);
  }

  /**
   * Begins to fetch.
   *
   * @param window bytes held at most: at least a shard, and several for shards in parallel
   * @throws HostFailure {@code REFUSED} where not even one shard fits the window
   */
  public static ProvenStream of(PullBlob pull, int window) {
    long size = pull.end() - pull.start();
    Window held = new Window((int) Math.clamp(size, 1, window), pull.start());
    held.requireSize((int) Math.min(size, pull.shardSize()));
    ProvenStream stream = new ProvenStream(pull, held);
    stream.fetching.start();
    return stream;
  }

  private void fetch() {
    try {
      var _ = pull.into(new Ahead());
    } catch (RuntimeException | Error e) {
      failure = Optional.of(e);
    } finally {
      window.end();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (wrong.isPresent()) {
      throw new IOException(wrong.get().getMessage(), wrong.get());
    }
    boolean isEnd = at == pull.end();
    // At the end it waits for the last word on the whole blob.
    long there = window.awaitFilled(isEnd ? Long.MAX_VALUE : at + 1);
    if (there == at || closed) {
      requireNoFailure();
      if (at == 0 && serial.isPresent()) {
        requireDigest(serial.get().finish()); // Of no bytes at all.
      }
      return -1;
    }
    int count = (int) Math.min(length, there - at);
    window.read(ByteBuffer.wrap(bytes, offset, count), at);
    hash(bytes, offset, count);
    window.release(at, count);
    at += count;
    return count;
  }

  private void requireNoFailure() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (failure.isPresent()) {
      throw new IOException(failure.get().getMessage(), failure.get());
    }
  }

  private void hash(byte[] bytes, int offset, int count) throws IOException {
    if (serial.isPresent()) {
      serial.get().update(bytes, offset, count);
      if (at + count == pull.blob().size()) {
        requireDigest(serial.get().finish());
      }
    }
  }

  /** From a wrong one on, no read gives out anything. */
  private void requireDigest(Digest found) throws IOException {
    try {
      pull.require(found);
    } catch (HostFailure e) {
      wrong = Optional.of(e);
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Returns when nothing of the transfer goes on any more. */
  @Override
  public void close() {
    closed = true;
    fetching.interrupt();
    try {
      fetching.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was fetched and not read yet. */
  private final class Ahead implements BlobSink {
    @Override
    public void reserve(long from, int length) {
      window.reserve(from, length);
    }

    @Override
    public void write(ByteBuffer bytes, long to) {
      window.write(bytes, to);
    }

    @Override
    public void proven(long from, int length) {
      window.fill(from, length);
    }
  }
}
