package dev.lamella.host.outcome;

/**
 * What ends a command, with the exit code that says which kind it is. The message is one line for
 * the user: what was wrong, with what, what to do; {@link Plain}, so that it never holds a signed
 * URL, nor anything that a terminal would obey.
 */
public class HostFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  public HostFailure(ExitCode exitCode, String message) {
    super(Plain.line(message));
    this.exitCode = exitCode;
  }

  public HostFailure(ExitCode exitCode, String message, Throwable cause) {
    super(Plain.line(message), cause);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
