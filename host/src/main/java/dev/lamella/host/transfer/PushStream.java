package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Permits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;

/**
 * A blob that is sent while it comes, in order, and whose digest and size are said at its end. What
 * it holds is bounded: whoever writes too fast has to wait. Used by one thread at a time.
 *
 * <p>After a failure it is of no use but to be closed; what was sent expires by itself.
 */
public final class PushStream implements AutoCloseable {
  /** A blob of so many bytes is held until its end: then the store may say that it has it. */
  private static final int SMALL = 512 << 10;

  private static final String ANY_TYPE = "application/octet-stream";

  private final StoreClient store;
  private final BlobUploads uploads;
  private final Permits connections;
  private final Progress progress;
  private final IntUnaryOperator windows;
  private ByteArrayOutputStream small = new ByteArrayOutputStream();
  private Optional<UnsizedPush> large = Optional.empty();
  private boolean stored;

  /**
   * @param connections for parts, over all blobs that share them
   * @param progress told of the bytes that move, and of nothing else
   * @param windows bytes to hold at most of a blob with shards of a size: at least a shard, and
   *     several for parts in parallel; may wait
   */
  public PushStream(
      StoreClient store,
      BlobUploads uploads,
      Permits connections,
      Progress progress,
      IntUnaryOperator windows) {
    this.store = store;
    this.uploads = uploads;
    this.connections = connections;
    this.progress = progress;
    this.windows = windows;
  }

  /** Bytes so far. */
  public long size() {
    return large.map(UnsizedPush::size).orElseGet(() -> (long) small.size());
  }

  /** Shards so far. */
  public int shards() {
    return large.map(UnsizedPush::shards).orElse(1);
  }

  /**
   * Takes the bytes that come next.
   *
   * @throws HostFailure where they cannot be sent
   * @throws Refusal {@code SIZE_INVALID} where the blob gets too large for one whose size is not
   *     known
   */
  public void write(byte[] bytes, int offset, int count) {
    if (large.isEmpty() && small.size() + count <= SMALL) {
      small.write(bytes, offset, count);
      return;
    }
    if (large.isEmpty()) {
      large = Optional.of(begin());
      large.get().write(ByteBuffer.wrap(small.toByteArray()));
      small = new ByteArrayOutputStream();
    }
    large.get().write(ByteBuffer.wrap(bytes, offset, count));
  }

  private UnsizedPush begin() {
    UploadProgress begun = store.openUnsized(uploads.repository());
    Slicing room = room(begun);
    return new UnsizedPush(
        store, connections, progress, begun, room, windows.applyAsInt(room.shardSize()));
  }

  /** What the store says is not believed where no blob could be sent so. */
  private static Slicing room(UploadProgress begun) {
    if (begun.digest().isEmpty()
        && begun.size().equals(OptionalLong.empty())
        && begun.shardSize() <= Slicing.LARGEST_SHARD) {
      try {
        return new Slicing((long) begun.shards() * begun.shardSize(), begun.shardSize());
      } catch (IllegalArgumentException | Refusal _) {
        // It is no slicing at all.
      }
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "the store's answer is wrong: upload %s takes no parts".formatted(begun.upload()));
  }

  /**
   * Says what all bytes are, and returns when they are stored.
   *
   * @throws Refusal {@code DIGEST_INVALID} where they have another digest
   * @throws HostFailure where they cannot be stored
   */
  public StoredLayer finish(Digest digest) {
    StoredLayer layer =
        large.isPresent()
            ? large.get().finish(digest, ANY_TYPE, uploads)
            : finishSmall(digest, small.toByteArray());
    stored = true;
    return layer;
  }

  private StoredLayer finishSmall(Digest digest, byte[] bytes) {
    require(digest, Digest.of(digest.algorithm(), bytes));
    Descriptor blob = new Descriptor(ANY_TYPE, digest, bytes.length);
    UploadAnswer answer = uploads.request(List.of(blob));
    return answer.missing().isEmpty()
        ? stored(answer, digest)
        : new PushBlob(store, uploads, connections, progress)
            .run(blob, answer.missing().getFirst(), MemoryBlob.of(bytes));
  }

  /** The store is not believed where it has neither the blob nor a way to send it. */
  static StoredLayer stored(UploadAnswer answer, Digest digest) {
    return answer.stored().stream()
        .filter(layer -> layer.digest().equals(digest))
        .findFirst()
        .orElseThrow(
            () ->
                new HostFailure(
                    ExitCode.REFUSED, "the store's answer is wrong: it is not of " + digest));
  }

  static void require(Digest said, Digest found) {
    if (!found.equals(said)) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "what was sent has the digest %s, not %s".formatted(found, said));
    }
  }

  /** Ends the upload where it did not come to its end. */
  @Override
  public void close() {
    if (!stored) {
      large.ifPresent(UnsizedPush::close);
    }
  }
}
