package dev.lamella.host.source;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/**
 * An archive of which any part can be read: the file itself, or, of one that is compressed or comes
 * from standard input, a temporary one with its bytes.
 *
 * @param shown what the user calls it
 * @param isTemporary whether the file goes when this is closed
 */
record TarArchive(Path shown, Path file, boolean isTemporary) implements AutoCloseable {

  /**
   * @throws HostFailure {@code BAD_SOURCE} where it is compressed in a way that cannot be undone
   *     here
   */
  static TarArchive of(Path path) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      return compression(in).isEmpty()
          ? new TarArchive(path, path.toRealPath(), false)
          : copy(path, in);
    } catch (IOException e) {
      throw LocalFile.failure("read", path, e);
    }
  }

  /** All that comes, compressed or not. */
  static TarArchive of(InputStream standardInput) {
    Path shown = Path.of("-");
    try {
      return copy(shown, new BufferedInputStream(standardInput));
    } catch (IOException e) {
      throw LocalFile.failure("read", shown, e);
    }
  }

  private static TarArchive copy(Path shown, InputStream in) throws IOException {
    Path file = Files.createTempFile(LocalFile.temporaryDirectory(), "lamella-", ".tar");
    file.toFile().deleteOnExit(); // Also where it is stopped by Ctrl-C or a signal.
    TarArchive archive = new TarArchive(shown, file, true);
    try {
      Files.copy(uncompressed(shown, in), file, StandardCopyOption.REPLACE_EXISTING);
      return archive;
    } catch (IOException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static InputStream uncompressed(Path shown, InputStream in) throws IOException {
    Optional<Compression> compression = compression(in);
    if (compression.isEmpty()) {
      return in;
    }
    return compression
        .get()
        .undo(in)
        .orElseThrow(
            () ->
                new HostFailure(
                    ExitCode.BAD_SOURCE,
                    "%s: it is compressed with %s: unpack it to a .tar first"
                        .formatted(shown, compression.get().name().toLowerCase(Locale.ROOT))));
  }

  private static Optional<Compression> compression(InputStream in) throws IOException {
    in.mark(Compression.MAGIC);
    byte[] first = in.readNBytes(Compression.MAGIC);
    in.reset();
    return Compression.of(first);
  }

  @Override
  public void close() {
    if (isTemporary) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw LocalFile.failure("remove", file, e);
      }
    }
  }
}
