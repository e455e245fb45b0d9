package dev.lamella.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files of the repository that these tests stand in, without what is built or belongs to tools.
 */
final class Repository {
  private static final Set<String> NOT_OURS =
      Set.of(".aws-sam", ".git", ".idea", ".lamella", ".settings", ".vscode", "target");

  private final Path root;

  private Repository(Path root) {
    this.root = root;
  }

  /** The repository around the working directory. */
  static Repository here() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("template.yaml"))) {
        return new Repository(path);
      }
    }
    throw new IllegalStateException("No template.yaml above " + Path.of("").toAbsolutePath());
  }

  Path root() {
    return root;
  }

  /** All files, in the order of their paths. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              return NOT_OURS.contains(path.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              // A worktree has a file of this name in place of the directory.
              if (!path.endsWith(".git")) {
                files.add(path);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  /** All files whose names end so. */
  List<Path> files(String suffix) {
    return files().stream().filter(file -> file.toString().endsWith(suffix)).toList();
  }

  /** The path from the root, with slashes, as messages name it. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /**
   * The file's text, whatever bytes are in it: a byte that is not UTF-8 becomes a replacement
   * character.
   */
  static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
