package dev.lamella.host.push;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.api.UploadProgress.Part;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.source.Region;
import dev.lamella.host.store.Body;
import dev.lamella.host.store.FileRegion;
import dev.lamella.host.store.Patience;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.TryAgain;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Sends parts of one layer to staging, straight from its file. Thread-safe. */
final class PartSender {
  private final StoreClient store;
  private final PartUrls urls;
  private final Digest digest;
  private final FileChannel channel;
  private final Region region;
  private final Progress progress;

  PartSender(
      StoreClient store,
      PartUrls urls,
      Digest digest,
      FileChannel channel,
      Region region,
      Progress progress) {
    this.store = store;
    this.urls = urls;
    this.digest = digest;
    this.channel = channel;
    this.region = region;
    this.progress = progress;
  }

  /** Returns when the part is staged. */
  void send(int index) {
    var _ =
        store.patience().run("send shard %d of %s".formatted(index, digest), new Sending(index));
  }

  /** The tries for one part. */
  private final class Sending implements Patience.Try<Boolean> {
    private final int index;
    private Optional<Part> part = Optional.empty();
    private boolean isUrlGood = true;

    Sending(int index) {
      this.index = index;
    }

    /**
     * @return whether bytes had to be sent
     */
    @Override
    public Boolean make(int number) throws IOException, TryAgain {
      if (part.isEmpty()) {
        part = urls.find(index);
      } else if (!isUrlGood) {
        part = urls.fresh(part.get());
      }
      if (part.isEmpty()) {
        // An earlier try had succeeded, only its answer was lost.
        return false;
      }
      // S3 may refuse a URL by closing the connection while the body is still on its way.
      isUrlGood = false;
      send(part.get());
      return true;
    }

    private void send(Part part) throws IOException, TryAgain {
      Counted body = new Counted(part);
      boolean isDone = false;
      try {
        store.bulk().put(part.url(), part.headers(), body);
        isDone = true;
      } catch (TryAgain e) {
        isUrlGood = !e.isAboutUrl();
        throw e;
      } finally {
        if (!isDone) {
          progress.moved(digest, -body.moved);
        }
      }
    }
  }

  /** The part's bytes, counted as they go. */
  private final class Counted implements Body {
    private final FileRegion bytes;
    private long moved;

    Counted(Part part) {
      bytes = new FileRegion(channel, region.file(), region.offset() + part.offset(), part.size());
    }

    @Override
    public long length() {
      return bytes.length();
    }

    @Override
    public void writeTo(OutputStream out, LongConsumer told) throws IOException {
      bytes.writeTo(
          out,
          count -> {
            moved += count;
            progress.moved(digest, count);
            told.accept(count);
          });
    }
  }
}
