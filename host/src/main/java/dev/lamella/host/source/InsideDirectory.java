package dev.lamella.host.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Set;

/** Opens files of a directory, and no others, even where somebody swaps them meanwhile. */
final class InsideDirectory {
  private InsideDirectory() {}

  /**
   * Goes down from the directory step by step. No step is a link: those were resolved before, and
   * what has become one since fails.
   *
   * @param root a real path
   * @param file a real path within it
   */
  static FileChannel open(Path root, Path file) throws IOException {
    try (DirectoryStream<Path> top = Files.newDirectoryStream(root)) {
      return top instanceof SecureDirectoryStream<Path> secure
          ? open(secure, root.relativize(file), file)
          : FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static FileChannel open(SecureDirectoryStream<Path> directory, Path rest, Path file)
      throws IOException {
    Path first = rest.getName(0);
    if (rest.getNameCount() > 1) {
      try (SecureDirectoryStream<Path> next =
          directory.newDirectoryStream(first, LinkOption.NOFOLLOW_LINKS)) {
        return open(next, rest.subpath(1, rest.getNameCount()), file);
      }
    }
    // A pipe would be waited for.
    if (!directory
        .getFileAttributeView(first, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is no longer a file");
    }
    return (FileChannel)
        directory.newByteChannel(first, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }
}
