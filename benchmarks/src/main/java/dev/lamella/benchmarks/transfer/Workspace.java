package dev.lamella.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for what a benchmark writes, deleted at its end. */
final class Workspace implements AutoCloseable {
  private final Path root;

  private Workspace(Path root) {
    this.root = root;
  }

  static Workspace open() throws IOException {
    return new Workspace(Files.createTempDirectory("lamella-benchmark"));
  }

  /** The directory of that name, made where it is missing. */
  Path make(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }

  void delete(String... names) throws IOException {
    for (String name : names) {
      delete(root.resolve(name));
    }
  }

  @Override
  public void close() throws IOException {
    delete(root);
  }

  private static void delete(Path top) throws IOException {
    if (!Files.exists(top)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(top)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
