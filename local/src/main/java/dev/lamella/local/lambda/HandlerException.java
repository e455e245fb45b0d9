package dev.lamella.local.lambda;

/**
 * A function's handler cannot be used: no such class, wrong type, or it refuses its environment.
 */
public final class HandlerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HandlerException(String message, Throwable cause) {
    super(message, cause);
  }
}
