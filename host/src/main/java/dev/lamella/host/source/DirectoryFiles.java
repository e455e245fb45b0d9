package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory. Nothing outside it is read: a link is followed where it stays within, and what is
 * opened later is the file that it led to.
 */
record DirectoryFiles(Path source) implements SourceFiles {
  @Override
  public Optional<Region> find(String name) {
    Path named = source.resolve(normal(name));
    try {
      Path file = named.toRealPath();
      if (!file.startsWith(source.toRealPath())) {
        throw bad(
            name
                + " is a link that leads out of it, and nothing outside is read: copy the directory"
                + " with its links followed (cp -RL), and push the copy");
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw bad(name + " is not a file");
      }
      return Optional.of(new Region(file, 0, Files.size(file)));
    } catch (NoSuchFileException | NotDirectoryException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw LocalFile.failure("read", named, e);
    }
  }
}
