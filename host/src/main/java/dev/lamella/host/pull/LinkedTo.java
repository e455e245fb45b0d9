package dev.lamella.host.pull;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a symbolic link stands for: the file is written where it leads, and the link stays. */
final class LinkedTo {
  private static final int MOST = 40;

  private LinkedTo() {}

  /** The path itself where it is no link; what a link leads to need not exist. */
  static Path file(Path named) {
    Path path = named;
    try {
      for (int i = 0; i < MOST; i++) {
        if (!Files.isSymbolicLink(path)) {
          return path;
        }
        path = path.resolveSibling(Files.readSymbolicLink(path));
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", path, e);
    }
    throw new HostFailure(ExitCode.IO, named + " is a symbolic link that leads nowhere");
  }
}
