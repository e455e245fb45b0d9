package dev.lamella.core;

/**
 * Something that Lamella depends on throttles, fails or does not answer: the same request may
 * succeed later.
 */
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param dependency what did not answer, for the caller to read, such as "storage server s2"
   */
  public Unavailable(String dependency, Throwable cause) {
    super(dependency + " is not available", cause);
  }
}
