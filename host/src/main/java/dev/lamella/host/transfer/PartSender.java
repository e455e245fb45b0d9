package dev.lamella.host.transfer;

import dev.lamella.core.api.UploadProgress.Part;
import dev.lamella.host.store.Retrier;
import dev.lamella.host.store.TryAgain;
import java.io.IOException;
import java.util.Optional;

/** Sends parts of one blob to staging, straight from its source. Thread-safe. */
final class PartSender {
  private final UploadParts parts;
  private final PartUrls urls;

  PartSender(UploadParts parts) {
    this.parts = parts;
    this.urls = new PartUrls(parts.store(), parts.begun(), parts.slicing());
  }

  /** Returns when the part is staged. */
  void send(int index) {
    var _ =
        parts
            .store()
            .retrier()
            .run("send shard %d of %s".formatted(index, parts.name()), new Sending(index));
  }

  /** The tries for one part. */
  private final class Sending implements Retrier.Try<Boolean> {
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
      PartBody body = new PartBody(parts, part);
      boolean isDone = false;
      try {
        parts.store().bulk().put(part.url(), part.headers(), body);
        isDone = true;
      } catch (TryAgain e) {
        isUrlGood = !e.isAboutUrl();
        throw e;
      } finally {
        if (!isDone) {
          body.takeBack();
        }
      }
    }
  }
}
