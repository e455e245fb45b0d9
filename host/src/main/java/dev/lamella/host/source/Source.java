package dev.lamella.host.source;

import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an image to push comes from: an OCI image layout directory, the same in a tar archive, what
 * {@code docker save} wrote, or a directory of skopeo's. What was unpacked for it goes when it is
 * closed.
 */
public final class Source implements AutoCloseable {
  private final SourceFiles files;
  private final Optional<TarArchive> archive;

  private Source(SourceFiles files, Optional<TarArchive> archive) {
    this.files = files;
    this.archive = archive;
  }

  /**
   * @throws HostFailure {@code BAD_SOURCE} where it is none of them
   */
  public static Source open(Path path) {
    if (Files.isDirectory(path)) {
      return new Source(new DirectoryFiles(path), Optional.empty());
    }
    if (Files.isRegularFile(path)) {
      return of(TarArchive.of(path));
    }
    throw new HostFailure(
        ExitCode.BAD_SOURCE,
        Files.exists(path) ? path + " is neither a directory nor a file" : "there is no " + path);
  }

  /**
   * An archive that comes by a stream, to its end.
   *
   * @throws HostFailure {@code BAD_SOURCE} where it is none
   */
  public static Source read(InputStream standardInput) {
    return of(TarArchive.of(standardInput));
  }

  private static Source of(TarArchive archive) {
    try {
      return new Source(new TarFiles(archive), Optional.of(archive));
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  @Override
  public void close() {
    archive.ifPresent(TarArchive::close);
  }

  /** The image that is to be pushed under this name, where that says which one is meant. */
  public SourceImage image(ImageName wanted, Optional<Platform> platform) {
    return image(new Selection(wanted, platform));
  }

  /**
   * @throws HostFailure {@code BAD_SOURCE} where there are several and it is not clear which is
   *     meant, or where something of it is missing, malformed or not of its size
   */
  public SourceImage image(Selection wanted) {
    // Docker writes both since version 25, and only the layout has the manifest as it was built.
    if (files.find(LayoutReader.INDEX).isPresent()) {
      return new LayoutReader(files).read(wanted);
    }
    if (files.find(DockerSaveReader.MANIFEST).isPresent()) {
      return files.find(SkopeoDirectoryReader.VERSION).isPresent()
          ? new SkopeoDirectoryReader(files).read(wanted.platform())
          : new DockerSaveReader(files).read(wanted);
    }
    throw files.bad(
        "it is no image: it has neither the index.json of an OCI layout"
            + " nor the manifest.json of docker save or skopeo");
  }
}
