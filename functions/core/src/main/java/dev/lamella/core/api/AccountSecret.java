package dev.lamella.core.api;

/**
 * An account with the text of a secret that was made for it: the only answer that has it.
 *
 * @param secret to sign in with, under the account's name
 */
public record AccountSecret(AccountAnswer account, String secret) {
  /** Without the secret. */
  @Override
  public String toString() {
    return "a secret of " + account.name();
  }
}
