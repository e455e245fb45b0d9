package dev.lamella.local;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.local.template.TemplateException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The local stack cannot start; the message is one line that says why and what to do. */
public final class LocalStackException extends HostFailure {
  private static final long serialVersionUID = 1L;

  private LocalStackException(ExitCode exitCode, String message, Exception cause) {
    super(exitCode, message, cause);
  }

  /**
   * @param data where the stack keeps what it holds
   */
  static LocalStackException of(Exception cause, Path data) {
    return switch (cause) {
      case HostFailure e -> because(e.exitCode(), e);
      case BindException e -> because(ExitCode.IN_USE, e);
      case FileSystemException e -> of(LocalFile.failure("keep data in", data, e), data);
      case IOException e -> because(ExitCode.IO, e);
      case TemplateException e -> because(ExitCode.USAGE, e);
      default -> because(ExitCode.INTERNAL, cause);
    };
  }

  private static LocalStackException because(ExitCode exitCode, Exception cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new LocalStackException(exitCode, message, cause);
  }
}
