package dev.lamella.core.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * A new account.
 *
 * @param secret to sign in with, under the account's name; empty where it has trust rules instead
 */
public record AccountAdded(
    AccountAnswer account, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> secret) {
  /** Without the secret. */
  @Override
  public String toString() {
    return "the account " + account.name();
  }
}
