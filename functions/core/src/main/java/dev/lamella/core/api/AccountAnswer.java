package dev.lamella.core.api;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TrustRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An account, without what could be signed in with.
 *
 * @param version names it as it is: a change that names it too is made to nothing else
 */
public record AccountAnswer(
    AccountName name,
    boolean administrator,
    List<Grant> grants,
    List<Secret> secrets,
    List<TrustRule> trusts,
    Limits limits,
    Instant created,
    String version) {
  public AccountAnswer {
    grants = List.copyOf(grants);
    secrets = List.copyOf(secrets);
    trusts = List.copyOf(trusts);
  }

  /**
   * Names a secret, and tells nothing of it.
   *
   * @param expires empty for never
   */
  public record Secret(String id, Instant created, Optional<Instant> expires) {}

  public static AccountAnswer of(Account account) {
    return new AccountAnswer(
        account.name(),
        account.administrator(),
        account.grants(),
        account.secrets().stream().map(AccountAnswer::of).toList(),
        account.trusts(),
        account.limits(),
        account.created(),
        account.version());
  }

  private static Secret of(dev.lamella.core.access.Secret secret) {
    return new Secret(secret.id(), secret.created(), secret.expires());
  }
}
