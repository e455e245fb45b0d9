package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A blob to be read and not kept, such as a config. It goes to a file that nobody else sees, since
 * shards are checked on their way to a place.
 */
final class SmallBlob {
  private SmallBlob() {}

  /**
   * @param blob of a size that the caller has bounded
   * @throws dev.lamella.host.outcome.HostFailure as {@link LayerPull} does
   */
  static byte[] get(StoreClient store, RepositoryName image, Descriptor blob) {
    ShardUrls urls = new ShardUrls(store, image, blob);
    Path file = temporary();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      Place place = new Place(channel, file, 0, blob.size(), false);
      urls.forEach(
          entry -> {
            var _ = new ShardFetch(store, urls, blob.digest(), place, Progress.NONE, entry).run();
          });
      byte[] bytes = new byte[Math.toIntExact(blob.size())];
      var _ = place.read(bytes, bytes.length, 0);
      return bytes;
    } catch (IOException e) {
      throw LocalFile.failure("use", file, e);
    }
  }

  private static Path temporary() {
    Path directory = LocalFile.temporaryDirectory();
    try {
      return Files.createTempFile(directory, "lamella", ".blob");
    } catch (IOException e) {
      throw LocalFile.failure("write to", directory, e);
    }
  }
}
