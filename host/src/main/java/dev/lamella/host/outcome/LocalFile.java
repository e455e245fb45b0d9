package dev.lamella.host.outcome;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Says what went wrong with a file of this machine. */
public final class LocalFile {
  private LocalFile() {}

  /**
   * @param action what could not be done, such as "write"
   */
  public static HostFailure failure(String action, Path file, IOException cause) {
    return new HostFailure(
        ExitCode.IO, "cannot " + action + " " + file + ": " + reason(cause), cause);
  }

  /** Where files go that may go at any time: {@code TMPDIR}, or Java's own place for them. */
  public static Path temporaryDirectory() {
    return Path.of(
        Optional.ofNullable(System.getenv("TMPDIR"))
            .filter(name -> !name.isEmpty())
            .orElse(System.getProperty("java.io.tmpdir", "/tmp")));
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException e -> "there is no " + e.getFile();
      case AccessDeniedException e -> "access to " + e.getFile() + " is denied";
      case FileAlreadyExistsException e -> e.getFile() + " is in the way: it is not a directory";
      case NotDirectoryException e -> e.getFile() + " is not a directory";
      case FileSystemException e when e.getReason() != null -> space(e.getReason());
      default -> space(String.valueOf(cause.getMessage()));
    };
  }

  private static String space(String reason) {
    return reason.toLowerCase(Locale.ROOT).contains("no space left")
        ? "the disk is full: make room and run the same command again, it goes on where it stopped"
        : reason;
  }
}
