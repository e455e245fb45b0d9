package dev.lamella.host;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Standard output as a target. Shards come in any order, so the archive is put together in a
 * temporary file first: nothing is written out that is not proven.
 */
final class StandardOutput implements AutoCloseable {
  static final String NAME = "-";
  private static final int DESCRIPTOR = 1;

  /** What a pull makes there on its way. */
  private static final List<String> FILES =
      List.of("image.tar", "image.tar.partial", "image.tar.partial.lock");

  private final Path directory;

  private StandardOutput(Path directory) {
    this.directory = directory;
    // Also where it is stopped by Ctrl-C or a signal: the last one named goes first.
    directory.toFile().deleteOnExit();
    FILES.forEach(name -> directory.resolve(name).toFile().deleteOnExit());
  }

  /**
   * @throws HostFailure {@code USAGE} where it is a terminal
   */
  static StandardOutput open() {
    if (isTerminal()) {
      throw new HostFailure(
          ExitCode.USAGE,
          "standard output is a terminal: send it to a file or a program, as in"
              + " 'lamella pull NAME:TAG - | docker load'");
    }
    Path parent = LocalFile.temporaryDirectory();
    try {
      return new StandardOutput(Files.createTempDirectory(parent, "lamella"));
    } catch (IOException e) {
      throw LocalFile.failure("write to", parent, e);
    }
  }

  /** Where the archive is put together. */
  Path archive() {
    return directory.resolve("image.tar");
  }

  /** Writes the archive out. */
  void write() {
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      var _ = Files.copy(archive(), out);
    } catch (IOException e) {
      throw new HostFailure(ExitCode.IO, "cannot write to standard output: " + e.getMessage(), e);
    }
  }

  /** Java's own console says only whether input and output both are terminals. */
  private static boolean isTerminal() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("isatty")
        .map(
            address -> {
              MethodHandle isatty =
                  linker.downcallHandle(
                      address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
              try {
                return (int) isatty.invokeExact(DESCRIPTOR) != 0;
              } catch (Throwable e) {
                throw new IllegalStateException(e);
              }
            })
        .orElseGet(
            () -> Optional.ofNullable(System.console()).map(c -> c.isTerminal()).orElse(false));
  }

  @Override
  public void close() {
    try {
      for (String name : FILES) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    } catch (IOException _) {
      // It is in the place for what may go at any time.
    }
  }
}
