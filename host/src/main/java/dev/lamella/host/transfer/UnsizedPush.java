package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends the parts of a blob while its bytes come: a part goes when it is full, and is announced
 * when it is staged and a byte has followed it. Used by one thread at a time.
 */
final class UnsizedPush {
  /** What is told to move before its digest is known. */
  private static final Digest UNNAMED = Digest.of(Algorithm.SHA256, new byte[0]);

  private final StoreClient store;
  private final Permits connections;
  private final Progress progress;
  private final UploadProgress begun;
  private final Slicing room;
  private final ArrivedBytes arrived;
  private final PartSender sender;
  private final ReadyParts ready = ReadyParts.open();
  private final TaskGroup tasks = new TaskGroup();
  private final ChainHash hash = ChainEngine.best().start();
  private final Map<Integer, Link> links = new ConcurrentHashMap<>();
  private ChainState before = ChainState.INITIAL;
  private int full;
  private volatile Optional<Throwable> failure = Optional.empty();

  /**
   * @param begun what the store said of the upload
   * @param room by which it is sent, as the store said
   * @param window bytes held at most, at least a shard
   */
  UnsizedPush(
      StoreClient store,
      Permits connections,
      Progress progress,
      UploadProgress begun,
      Slicing room,
      int window) {
    this.store = store;
    this.connections = connections;
    this.progress = progress;
    this.begun = begun;
    this.room = room;
    this.arrived = new ArrivedBytes(new Window(window));
    this.sender =
        new PartSender(
            new UploadParts(store, "the blob", arrived, begun, room, this::movedUnnamed));
    tasks.start(guarded(this::announceAll));
  }

  private void movedUnnamed(long bytes) {
    progress.moved(UNNAMED, bytes);
  }

  /**
   * Takes all that remains in the buffer; waits while the window is full.
   *
   * @throws HostFailure where a part cannot be sent
   * @throws Refusal {@code SIZE_INVALID} where the blob gets too large
   */
  void write(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      requireSize();
      long at = hash.count();
      int free = arrived.window().room(at);
      requireNoFailure();
      announceBefore(at);
      ByteBuffer piece = bytes.slice(bytes.position(), Math.min(free, bytes.remaining()));
      boolean isFull = hash.updateToBoundary(piece, room.shardSize());
      int length = piece.position();
      arrived.window().write(bytes.slice(bytes.position(), length), at);
      arrived.window().fill(at, length);
      bytes.position(bytes.position() + length);
      if (isFull) {
        send(full++);
      }
    }
  }

  private void requireSize() {
    if (hash.count() == room.size()) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID,
          "a blob whose size is not known has at most %d bytes: send it by lamella push"
              .formatted(room.size()));
    }
  }

  /** The part that ends here is not the last, since a byte follows it. */
  private void announceBefore(long at) {
    if (at > 0 && at % room.shardSize() == 0) {
      due(full - 1, hash.state());
    }
  }

  private void due(int index, ChainState after) {
    Link link = new Link(before, after);
    before = after;
    links.put(index, link);
    ready.due(index, link);
  }

  private void send(int index) {
    connections.start(
        tasks,
        guarded(
            () -> {
              sender.send(index);
              staged(index, room);
            }));
  }

  private void staged(int index, Slicing slicing) {
    arrived.release(slicing.offset(index), slicing.length(index));
    ready.staged(index);
  }

  private void announceAll() {
    for (List<Integer> group = ready.take(); !group.isEmpty(); group = ready.take()) {
      var _ =
          store.announce(
              begun.upload(), new PartsRequest(group, group.stream().map(links::get).toList()));
    }
  }

  /** What fails is told to whoever writes, who may wait for the window to move. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failure = failure.isPresent() ? failure : Optional.of(e);
        arrived.window().end();
        throw e;
      }
    };
  }

  private void requireNoFailure() {
    Throwable thrown = failure.orElse(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    }
  }

  /** Bytes so far. */
  long size() {
    return hash.count();
  }

  /** Shards so far. */
  int shards() {
    return Math.toIntExact(Math.ceilDiv(hash.count(), (long) room.shardSize()));
  }

  /**
   * Says what all bytes are, and returns when they are stored.
   *
   * @throws Refusal {@code DIGEST_INVALID} where they have another digest
   */
  StoredLayer finish(Digest digest, String mediaType, BlobUploads uploads) {
    requireNoFailure();
    ChainState end = hash.finish();
    boolean isChained = digest.algorithm() == Algorithm.SHA256;
    if (isChained) {
      PushStream.require(digest, Digest.sha256(end.bytes()));
    } else {
      awaitAnnounced(); // The store takes no links of a sha512.
    }
    Descriptor blob = new Descriptor(mediaType, digest, hash.count());
    UploadAnswer answer = uploads.claim(blob, begun.upload());
    if (answer.missing().isEmpty()) {
      close();
      return PushStream.stored(answer, digest);
    }
    BlobUpload upload =
        new BlobUpload(store, progress, blob, arrived, mine(answer.missing().getFirst()));
    PartSender last = new PartSender(upload.parts());
    int index = upload.slicing().count() - 1;
    if (full <= index) {
      last.send(index);
      staged(index, upload.slicing());
    }
    if (isChained) {
      due(index, end);
      awaitAnnounced();
    }
    try {
      return new CommitUpload(upload, last, connections, links).run();
    } catch (StaleUpload e) {
      throw e.failure();
    }
  }

  private UploadProgress mine(UploadProgress missing) {
    if (!missing.upload().equals(begun.upload())) {
      throw new HostFailure(
          ExitCode.REFUSED, "the store has given up the upload meanwhile: send the blob again");
    }
    return missing;
  }

  private void awaitAnnounced() {
    ready.close();
    tasks.join();
  }

  /** Ends what still goes on, and the upload where it is not committed. */
  void close() {
    tasks.cancel();
    try {
      store.end(begun.upload());
    } catch (HostFailure _) {
      // It is committed, or expires by itself.
    }
  }
}
