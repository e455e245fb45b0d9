package dev.lamella.gateway;

/** The body of a call. Read when it is needed, since reading may refuse it. */
public interface Body {
  /**
   * The body of a manifest, or JSON.
   *
   * @throws dev.lamella.core.Refusal {@code REQUEST_INVALID} if it is not as long as it was sent
   */
  byte[] bytes();

  /**
   * The body of a blob, or a part of one.
   *
   * @throws dev.lamella.core.Refusal {@code REQUEST_INVALID} if it may not be what was sent
   */
  default byte[] blob() {
    return bytes();
  }
}
