package dev.lamella.host.agent;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.store.SignIn;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.ProvenStream;
import dev.lamella.host.transfer.PullBlob;
import dev.lamella.host.work.Permits;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gives a client a blob, or a part of one, as one stream: its shards come in parallel, ahead of the
 * client, and no byte goes out before the link of its shard holds.
 */
final class ServeBlob {
  private static final int BUFFER = 256 << 10;

  private final StoreClient store;
  private final Permits connections;
  private final MemoryBudget memory;
  private final AgentLog log;

  ServeBlob(StoreClient store, Permits connections, MemoryBudget memory, AgentLog log) {
    this.store = store;
    this.connections = connections;
    this.memory = memory;
    this.log = log;
  }

  /** Answers GET and HEAD. What is answered has the blob's own length. */
  void serve(Request request, RepositoryName image, Digest digest) throws IOException {
    TransferCount count = new TransferCount();
    StoreClient asking = store.onBehalfOf(by(request));
    PullBlob pull = PullBlob.ofDigest(asking, image, digest, connections, count);
    long size = pull.blob().size();
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", pull.blob().mediaType());
    headers.put("Docker-Content-Digest", digest.toString());
    headers.put("ETag", tag(digest));
    headers.put("Accept-Ranges", "bytes");
    if (request.isHead()) {
      headers.put("Content-Length", Long.toString(size));
      request.answer(200, headers, new byte[0]);
      return;
    }
    ByteRange wanted = new ByteRange(0, size);
    Optional<ByteRange> range = range(request, digest, size);
    if (range.isPresent()) {
      wanted = range.get();
      headers.put("Content-Range", wanted.isEmpty() ? "bytes */" + size : wanted.of(size));
      if (wanted.isEmpty()) {
        request.answer(416, headers, new byte[0]);
        return;
      }
      pull = pull.between(wanted.start(), wanted.end());
    }
    send(request, pull, wanted, range.isPresent() ? 206 : 200, headers);
    log.line(count.line("pull %s %s".formatted(image, digest), wanted.length(), pull.shards()));
  }

  private static SignIn by(Request request) {
    Optional<String> header = request.authorization();
    return () -> header;
  }

  private static String tag(Digest digest) {
    return '"' + digest.toString() + '"';
  }

  private static Optional<ByteRange> range(Request request, Digest digest, long size) {
    boolean isOther =
        request.header("If-Range").filter(tag -> !tag.equals(tag(digest))).isPresent();
    return request
        .header("Range")
        .filter(_ -> !isOther)
        .flatMap(header -> ByteRange.parse(header, size));
  }

  private void send(
      Request request, PullBlob pull, ByteRange wanted, int status, Map<String, String> headers)
      throws IOException {
    long fetched = pull.end() - pull.start();
    long least = Math.clamp(fetched, 1, pull.shardSize());
    try (MemoryBudget.Lease lease = memory.take(least, Math.max(1, fetched));
        ProvenStream stream = ProvenStream.of(pull, lease.bytes())) {
      byte[] buffer = new byte[BUFFER];
      for (long left = wanted.start() - pull.start(); left > 0; ) {
        left -= read(stream, buffer, left);
      }
      // What is wrong from the first shard on is a proper error, and no connection that breaks.
      int read = read(stream, buffer, wanted.length());
      Request.Sending sending = request.begin(status, headers, wanted.length());
      for (long left = wanted.length(); left > 0; left -= read, read = read(stream, buffer, left)) {
        sending.write(buffer, read);
      }
      sending.end();
    }
  }

  private static int read(ProvenStream stream, byte[] buffer, long left) throws IOException {
    try {
      int read = stream.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0 && left > 0) {
        throw new IllegalStateException("the blob is " + left + " bytes too short");
      }
      return read;
    } catch (IOException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
