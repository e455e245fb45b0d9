package dev.lamella.local;

/** The local stack cannot start; the message is one line that says why and what to do. */
public final class LocalStackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalStackException(String message, Throwable cause) {
    super(message, cause);
  }
}
