package dev.lamella.host.credentials;

/** What one signs in with. */
public sealed interface Credential {
  /** Where it comes from, for messages, such as {@code $LAMELLA_SECRET}. */
  String source();

  /** An account's name and secret. */
  record Password(String account, String secret, String source) implements Credential {
    /** Without the secret. */
    @Override
    public String toString() {
      return "the secret of " + account + " from " + source;
    }
  }

  /** A refresh token, which stands for an account. */
  record IdentityToken(String token, String source) implements Credential {
    /** Without the token. */
    @Override
    public String toString() {
      return "the identity token from " + source;
    }
  }
}
