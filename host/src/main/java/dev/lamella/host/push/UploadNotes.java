package dev.lamella.host.push;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.transfer.UploadMemory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Remembers which upload a layer is in, so that a push that was killed goes on where it stopped: a
 * file for each layer, image and store, that holds the upload's id. A note that cannot be read or
 * written costs only the resumption.
 */
public final class UploadNotes {
  private final Path directory;

  public UploadNotes(Path directory) {
    this.directory = directory;
  }

  /** By the XDG Base Directory Specification: in {@code XDG_CACHE_HOME}, or {@code ~/.cache}. */
  public static UploadNotes of(Map<String, String> environment, Path home) {
    Path cache =
        Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
            .map(Path::of)
            .filter(Path::isAbsolute)
            .orElse(home.resolve(".cache"));
    return new UploadNotes(cache.resolve("lamella").resolve("uploads"));
  }

  /**
   * The notes of an image's blobs.
   *
   * @param trouble told where an upload cannot be noted
   */
  UploadMemory of(URI store, RepositoryName image, Consumer<IOException> trouble) {
    return new UploadMemory() {
      @Override
      public Optional<LayerId> find(Digest blob) {
        try {
          String id = Files.readString(file(store, image, blob)).strip();
          return Optional.of(new LayerId(id));
        } catch (IOException | Refusal _) {
          return Optional.empty();
        }
      }

      @Override
      public void keep(Digest blob, LayerId upload) {
        try {
          write(file(store, image, blob), upload + "\n");
        } catch (IOException e) {
          trouble.accept(e);
        }
      }

      @Override
      public void forget(Digest blob) {
        try {
          Files.deleteIfExists(file(store, image, blob));
        } catch (IOException _) {
          // The store answers a stale id with a new upload.
        }
      }
    };
  }

  private void write(Path file, String text) throws IOException {
    Files.createDirectories(directory);
    Path written = Files.createTempFile(directory, "note", ".new");
    Files.writeString(written, text);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path file(URI store, RepositoryName image, Digest digest) {
    String key = store + "\n" + image + "\n" + digest;
    return directory.resolve(
        Digest.of(Algorithm.SHA256, key.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
