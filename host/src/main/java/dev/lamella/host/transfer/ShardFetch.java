package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap.Entry;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.LinkCheck;
import dev.lamella.core.chain.Verdict;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.Retrier;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.TryAgain;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Gets one shard into its sink, and checks its link while it comes. */
final class ShardFetch implements Retrier.Try<Boolean> {
  private static final int MOST_WRONG = 3;
  private static final int BUFFER = 256 << 10;

  private final StoreClient store;
  private final ShardUrls urls;
  private final Digest digest;
  private final BlobSink sink;
  private final Progress progress;
  private Entry entry;
  private boolean isUrlGood = true;
  private int wrong;

  ShardFetch(
      StoreClient store,
      ShardUrls urls,
      Digest digest,
      BlobSink sink,
      Progress progress,
      Entry entry) {
    this.store = store;
    this.urls = urls;
    this.digest = digest;
    this.sink = sink;
    this.progress = progress;
    this.entry = entry;
  }

  /**
   * Returns when the shard is in its sink and its link holds.
   *
   * @return whether it had to be fetched
   * @throws HostFailure {@code WRONG_CONTENT} where the storage server gives other bytes each time
   */
  boolean run() {
    if (sink.earlier().filter(this::isIn).isPresent()) {
      progress.moved(digest, entry.size());
      return false;
    }
    return store
        .retrier()
        .run(
            "get shard %d of %s from storage server %s"
                .formatted(entry.index(), digest, entry.server()),
            this);
  }

  /** What an earlier transfer left is believed as little as what a server sends. */
  private boolean isIn(BlobSource earlier) {
    LinkCheck check = check();
    byte[] buffer = new byte[(int) Math.clamp(entry.size(), 1L, BUFFER)];
    for (int at = 0; at < entry.size(); ) {
      int wanted = Math.min(buffer.length, entry.size() - at);
      int read = earlier.read(ByteBuffer.wrap(buffer, 0, wanted), entry.offset() + at);
      if (read < 0) {
        return false;
      }
      check.update(buffer, 0, read);
      at += read;
    }
    return check.finish() instanceof Verdict.Proven;
  }

  @Override
  public Boolean make(int number) throws IOException, TryAgain {
    if (!isUrlGood) {
      entry = urls.fresh(entry);
      isUrlGood = true;
    }
    Arrival arrival = new Arrival();
    boolean isProven = false;
    try {
      store.bulk().get(entry.url(), arrival::take);
      arrival.prove();
      isProven = true;
      return true;
    } catch (TryAgain e) {
      isUrlGood = !e.isAboutUrl();
      throw e;
    } finally {
      if (!isProven) {
        progress.moved(digest, -arrival.length);
      }
    }
  }

  private LinkCheck check() {
    return new LinkCheck(ChainEngine.best(), urls.slicing(), entry.index(), ShardUrls.link(entry));
  }

  /** The bytes of one try. */
  private final class Arrival {
    private final LinkCheck check = check();
    private int length;

    void take(byte[] bytes, int count) throws IOException {
      if (count > entry.size() - length) {
        throw new IOException("it has more than its " + entry.size() + " bytes");
      }
      sink.write(ByteBuffer.wrap(bytes, 0, count), entry.offset() + length);
      check.update(bytes, 0, count);
      length += count;
      progress.moved(digest, count);
    }

    void prove() throws TryAgain {
      switch (check.finish()) {
        case Verdict.Proven() -> {}
        case Verdict.Broken(_, String why) -> {
          wrong++;
          if (wrong >= MOST_WRONG) {
            throw new HostFailure(
                ExitCode.WRONG_CONTENT,
                "shard %d of %s is wrong on storage server %s: %s"
                    .formatted(entry.index(), digest, entry.server(), why));
          }
          throw new TryAgain("its content is wrong");
        }
      }
    }
  }
}
