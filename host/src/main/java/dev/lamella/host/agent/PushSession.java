package dev.lamella.host.agent;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.transfer.PushStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One upload of the OCI API, from its POST to its last PUT: one request at a time goes on with it.
 */
final class PushSession {
  private static final int BUFFER = 256 << 10;

  /** One request's turn. */
  @FunctionalInterface
  interface Turn<T> {
    T take() throws IOException;
  }

  private final String id;
  private final RepositoryName image;
  private final ClientSignIn client;
  private final ReentrantLock lock = new ReentrantLock();
  private final TransferCount count;
  private final PushStream stream;
  private final MemoryBudget.Holder memory;
  private volatile long used = System.nanoTime();
  private volatile boolean closed;

  /**
   * @param client who it is for
   * @param count counts what the stream moves
   * @param memory what the stream holds
   */
  PushSession(
      String id,
      RepositoryName image,
      ClientSignIn client,
      TransferCount count,
      PushStream stream,
      MemoryBudget.Holder memory) {
    this.id = id;
    this.image = image;
    this.client = client;
    this.count = count;
    this.stream = stream;
    this.memory = memory;
  }

  String id() {
    return id;
  }

  RepositoryName image() {
    return image;
  }

  /**
   * What is answered is to be sent after it: the client may come again at once.
   *
   * @throws Refusal {@code BLOB_UPLOAD_INVALID} while another request goes on with it; {@code
   *     BLOB_UPLOAD_UNKNOWN} where it has ended meanwhile
   */
  <T> T take(Turn<T> turn) throws IOException {
    if (closed) {
      throw unknown(id);
    }
    if (!lock.tryLock()) {
      throw new Refusal(
          ErrorCode.BLOB_UPLOAD_INVALID,
          "another request sends to upload " + id + " at the moment");
    }
    try {
      if (closed) {
        throw unknown(id);
      }
      return turn.take();
    } finally {
      used = System.nanoTime();
      lock.unlock();
    }
  }

  static Refusal unknown(String id) {
    return new Refusal(
        ErrorCode.BLOB_UPLOAD_UNKNOWN,
        "there is no upload %s, or it has ended: begin another".formatted(id));
  }

  /**
   * Goes on as whoever a request is from.
   *
   * @param isLast whether no other comes after it
   */
  void goOnAs(Optional<String> authorization, boolean isLast) {
    client.take(authorization, isLast);
  }

  /** Bytes so far. */
  long size() {
    return stream.size();
  }

  /** Takes all that a client sends. */
  void write(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      stream.write(buffer, 0, read);
    }
  }

  /**
   * Returns when all is stored.
   *
   * @return the log's line
   */
  String finish(Digest digest) {
    var _ = stream.finish(digest);
    return count.line("push %s %s".formatted(image, digest), stream.size(), stream.shards());
  }

  /** Whether no request has gone on with it for so long. */
  boolean isIdle(long nanos) {
    return !lock.isLocked() && System.nanoTime() - used > nanos;
  }

  /**
   * Ends it, with all that goes on for it. Idempotent.
   *
   * @return false, with nothing changed, while another request goes on with it
   */
  boolean close() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      closed = true;
      stream.close();
      return true;
    } finally {
      memory.close();
      lock.unlock();
    }
  }

  /** What a client says about where its bytes begin, and where they end, if it does. */
  static Optional<ByteRange> range(Request request) {
    return request
        .header("Content-Range")
        .map(
            text ->
                ByteRange.parseContent(text)
                    .orElseThrow(
                        () ->
                            new Refusal(
                                ErrorCode.RANGE_INVALID,
                                "Content-Range is such as 0-1023, not '" + text + "'")));
  }
}
