package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory. Symbolic links in it are followed where they stay in it: nothing outside is read. A
 * file with a second name may be one of outside, so it is refused.
 */
record DirectoryFiles(Path source) implements SourceFiles {
  @Override
  public Optional<Region> find(String name) {
    Path named = source.resolve(normal(name));
    try {
      Path root = source.toRealPath();
      Path file = named.toRealPath();
      if (!file.startsWith(root)) {
        throw bad(name + " is a link that leads out of it: copy the file into it");
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw bad(name + " is not a file");
      }
      if (hasOtherNames(file)) {
        throw bad(name + " is a hard link, maybe to a file outside of it: copy the file into it");
      }
      return Optional.of(new Region(file, 0, Files.size(file), Optional.of(root)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw LocalFile.failure("read", named, e);
    }
  }

  private static boolean hasOtherNames(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix")
        && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
            instanceof Integer names
        && names > 1;
  }
}
