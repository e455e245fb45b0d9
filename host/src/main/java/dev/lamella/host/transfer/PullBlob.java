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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gets one blob: its shards in parallel, each at its offset. It is proven when every link holds and
 * the links make one chain from the initial value to the digest.
 */
public final class PullBlob {
  private final StoreClient store;
  private final Descriptor blob;
  private final Permits connections;
  private final Progress progress;
  private final ShardUrls urls;

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
    this.store = store;
    this.blob = blob;
    this.connections = connections;
    this.progress = progress;
    this.urls = new ShardUrls(store, repository, blob);
  }

  public Descriptor blob() {
    return blob;
  }

  /** Bytes of each shard but the last, which may be shorter. */
  public int shardSize() {
    return urls.slicing().shardSize();
  }

  /**
   * Returns when all of the blob is in the sink and proven. An interrupt ends it at once.
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
                entry -> {
                  servers.merge(entry.server(), 1, Integer::sum);
                  // Before it takes a connection, which others can use meanwhile.
                  sink.reserve(entry.offset(), entry.size());
                  connections.start(tasks, () -> fetch(sink, entry, fetched));
                }));
    tasks.join();
    requireDigest(sink);
    return new Pulled(urls.slicing().count(), servers, fetched.get());
  }

  private void fetch(BlobSink sink, Entry entry, AtomicInteger fetched) {
    if (new ShardFetch(store, urls, blob.digest(), sink, progress, entry).run()) {
      fetched.incrementAndGet();
    }
    sink.proven(entry.offset(), entry.size());
  }

  /** The links have proven a sha256 already; they say nothing of a sha512. */
  private void requireDigest(BlobSink sink) {
    if (blob.digest().algorithm() == Algorithm.SHA256) {
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
