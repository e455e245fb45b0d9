package dev.lamella.host.source;

import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an image to push comes from: an OCI image layout directory, the same in a tar archive, or
 * what {@code docker save} wrote.
 */
public final class Source {
  private final SourceFiles files;

  private Source(SourceFiles files) {
    this.files = files;
  }

  /**
   * @throws HostFailure {@code BAD_SOURCE} where it is none of them
   */
  public static Source open(Path path) {
    if (Files.isDirectory(path)) {
      return new Source(new DirectoryFiles(path));
    }
    if (Files.isRegularFile(path)) {
      return new Source(new TarFiles(path));
    }
    throw new HostFailure(
        ExitCode.BAD_SOURCE,
        Files.exists(path) ? path + " is neither a directory nor a file" : "there is no " + path);
  }

  /**
   * The image that is to be pushed under this name, and what refers to it.
   *
   * @param platform where given, of an index only its image of that platform
   * @throws HostFailure {@code BAD_SOURCE} where there are several and none has that name, or where
   *     something of it is missing, malformed or not of its size
   */
  public SourceImage image(ImageName wanted, Optional<Platform> platform) {
    return read(wanted, platform, true);
  }

  /** The same, without what refers to it. */
  public SourceImage imageAlone(ImageName wanted, Optional<Platform> platform) {
    return read(wanted, platform, false);
  }

  private SourceImage read(ImageName wanted, Optional<Platform> platform, boolean withReferrers) {
    // Docker writes both since version 25, and only the layout has the manifest as it was built.
    if (files.find(LayoutReader.INDEX).isPresent()) {
      return new LayoutReader(files).read(wanted, platform, withReferrers);
    }
    if (files.find(DockerSaveReader.MANIFEST).isPresent()) {
      return new DockerSaveReader(files).read(wanted);
    }
    throw files.bad(
        "it is no image: it has neither the index.json of an OCI layout"
            + " nor the manifest.json of docker save");
  }
}
