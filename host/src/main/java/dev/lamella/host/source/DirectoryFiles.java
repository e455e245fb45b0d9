package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A directory. Links in it are followed, since builders make layouts of links to their caches. */
record DirectoryFiles(Path source) implements SourceFiles {
  @Override
  public Optional<Region> find(String name) {
    Path file = source.resolve(normal(name));
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      throw bad(name + " is not a file");
    }
    try {
      return Optional.of(new Region(file, 0, Files.size(file)));
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
  }
}
