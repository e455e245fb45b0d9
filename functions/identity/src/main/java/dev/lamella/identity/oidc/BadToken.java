package dev.lamella.identity.oidc;

/** What is wrong with a token, without the token. */
final class BadToken extends Exception {
  private static final long serialVersionUID = 1L;

  BadToken(String message) {
    super(message);
  }
}
