package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ShardMap.Entry;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gets one blob: its shards in parallel, each at its offset. It is proven when every link holds and
 * the links make one chain from the initial value to the digest.
 */
public final class PullBlob {
  /** Links are of bytes, whatever their type; a digest alone does not say it. */
  private static final String ANY_TYPE = "application/octet-stream";

  private final StoreClient store;
  private final Descriptor blob;
  private final Permits connections;
  private final Progress progress;
  private final ShardUrls urls;
  private final int from;
  private final int to;

  /**
   * Asks the store where the shards are.
   *
   * @param connections for shards, over all blobs that share them
   * @param progress told of the bytes that move, and of nothing else
   * @throws HostFailure where the repository has no such blob, or the answer does not fit it
   */
  public PullBlob(
      StoreClient store,
      RepositoryName repository,
      Descriptor blob,
      Permits connections,
      Progress progress) {
    this(
        store,
        blob,
        connections,
        progress,
        new ShardUrls(store, repository, blob.digest(), OptionalLong.of(blob.size())));
  }

  /** The same of a blob whose size the store says: its last shard proves it. */
  public static PullBlob ofDigest(
      StoreClient store,
      RepositoryName repository,
      Digest digest,
      Permits connections,
      Progress progress) {
    ShardUrls urls = new ShardUrls(store, repository, digest, OptionalLong.empty());
    Descriptor blob = new Descriptor(ANY_TYPE, digest, urls.slicing().size());
    return new PullBlob(store, blob, connections, progress, urls);
  }

  private PullBlob(
      StoreClient store, Descriptor blob, Permits connections, Progress progress, ShardUrls urls) {
    this(store, blob, connections, progress, urls, 0, urls.slicing().count());
  }

  private PullBlob(
      StoreClient store,
      Descriptor blob,
      Permits connections,
      Progress progress,
      ShardUrls urls,
      int from,
      int to) {
    this.store = store;
    this.blob = blob;
    this.connections = connections;
    this.progress = progress;
    this.urls = urls;
    this.from = from;
    this.to = to;
  }

  /**
   * The same of the shards alone that have these bytes. Each is held to the link that the store has
   * of it; the digest is proven where all are taken.
   *
   * @param start the first byte
   * @param end the one after the last, greater than {@code start}, and at most the blob's size
   */
  public PullBlob between(long start, long end) {
    int first = (int) (start / shardSize());
    int last = (int) ((end - 1) / shardSize());
    return new PullBlob(store, blob, connections, progress, urls, first, last + 1);
  }

  /** Where the first of its shards begins, in bytes of the blob. */
  public long start() {
    return urls.slicing().offset(from);
  }

  /** Where the last of its shards ends. */
  public long end() {
    return urls.slicing().offset(to - 1) + urls.slicing().length(to - 1);
  }

  public int shards() {
    return to - from;
  }

  boolean isWhole() {
    return from == 0 && to == urls.slicing().count();
  }

  public Descriptor blob() {
    return blob;
  }

  /** Bytes of each shard but the last, which may be shorter. */
  public int shardSize() {
    return urls.slicing().shardSize();
  }

  /**
   * Returns when all of the blob, or of the shards that are asked for, is in the sink and proven.
   * An interrupt ends it at once.
   *
   * @throws HostFailure {@code WRONG_CONTENT} where it cannot be proven
   */
  public Pulled into(BlobSink sink) {
    Map<String, Integer> servers = new TreeMap<>();
    AtomicInteger fetched = new AtomicInteger();
    TaskGroup tasks = new TaskGroup();
    tasks.start(
        () ->
            urls.forEach(
                from,
                to,
                entry -> {
                  servers.merge(entry.server(), 1, Integer::sum);
                  // Before it takes a connection, which others can use meanwhile.
                  sink.reserve(entry.offset(), entry.size());
                  connections.start(tasks, () -> fetch(sink, entry, fetched));
                }));
    tasks.join();
    requireDigest(sink);
    return new Pulled(to - from, servers, fetched.get());
  }

  private void fetch(BlobSink sink, Entry entry, AtomicInteger fetched) {
    if (new ShardFetch(store, urls, blob.digest(), sink, progress, entry).run()) {
      fetched.incrementAndGet();
    }
    sink.proven(entry.offset(), entry.size());
  }

  /** The links have proven a sha256 already; they say nothing of a sha512. */
  private void requireDigest(BlobSink sink) {
    if (blob.digest().algorithm() == Algorithm.SHA256 || !isWhole()) {
      return;
    }
    sink.written()
        .map(bytes -> SerialDigest.of(blob.digest().algorithm(), bytes, blob.size()))
        .ifPresent(this::require);
  }

  void require(Digest found) {
    if (!found.equals(blob.digest())) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "layer %s does not match its content, which is %s".formatted(blob.digest(), found));
    }
  }

  /**
   * What was done for a blob.
   *
   * @param shards that it has
   * @param servers shards by storage server
   * @param fetched shards that were fetched; the others were there from an earlier transfer
   */
  public record Pulled(int shards, Map<String, Integer> servers, int fetched) {
    public Pulled {
      servers = Map.copyOf(servers);
    }
  }
}
