package dev.lamella.core.identity;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.access.Secret;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Finds out whether one who signs in is who they say. */
public final class SignIn {
  /** What secrets of accounts begin with. */
  static final String SECRET = "lam_";

  private static final String REFRESH = "lamr_";
  private static final Duration REFRESH_LIFE = Duration.ofDays(30);

  private final AccountIndex accounts;
  private final DeploymentSecret deployment;
  private final InstantSource clock;

  public SignIn(AccountIndex accounts, Secrets secrets, InstantSource clock) {
    this.accounts = accounts;
    this.deployment = new DeploymentSecret(secrets, clock);
    this.clock = clock;
  }

  /**
   * Who signed in, and with which secret.
   *
   * @param secret id of it
   */
  public record SignedIn(Account account, String secret) {}

  /**
   * @param name as it was sent
   * @throws Refusal {@code UNAUTHORIZED}, the same for an unknown name, a wrong secret and one that
   *     has expired
   */
  public SignedIn by(String name, String secret) {
    Instant now = clock.instant();
    return named(name)
        .flatMap(this::find)
        .flatMap(
            account -> account.secret(secret, now).map(found -> new SignedIn(account, found.id())))
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "the account or its secret is wrong, or the secret has expired: who administers"
                        + " the store makes accounts and secrets"));
  }

  /**
   * @throws Refusal {@code UNAUTHORIZED} where it has expired, or the secret that it was made from
   *     is good no more
   */
  public SignedIn by(String refreshToken) {
    Instant now = clock.instant();
    return Optional.of(refreshToken)
        .filter(text -> text.startsWith(REFRESH))
        .flatMap(text -> accounts.refreshToken(Secret.hash(text)))
        .filter(token -> now.isBefore(token.expires()))
        .flatMap(
            token ->
                find(token.account())
                    .filter(account -> account.hasSecret(token.secret(), now))
                    .map(account -> new SignedIn(account, token.secret())))
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "the refresh token has expired, or its account's secret has: sign in again"));
  }

  /** Who does not sign in: may do what the account {@code anonymous} is granted. */
  public Account anonymous() {
    return accounts.find(AccountName.ANONYMOUS).orElseGet(() -> Account.anonymous(clock.instant()));
  }

  /** What a client may keep instead of the secret, for 30 days at most. */
  public String refreshToken(SignedIn signedIn) {
    Instant now = clock.instant();
    Secret.Made made = Secret.make(REFRESH, now, Optional.of(now.plus(REFRESH_LIFE)));
    accounts.save(
        new RefreshToken(
            made.secret().hash(),
            signedIn.account().name(),
            signedIn.secret(),
            now.plus(REFRESH_LIFE)));
    return made.text();
  }

  /** What is now known of an account; empty where it was removed. */
  public Optional<Account> find(AccountName name) {
    return name.equals(AccountName.ADMINISTRATOR) ? administrator() : accounts.find(name);
  }

  private Optional<Account> administrator() {
    return deployment
        .find()
        .map(
            secret ->
                new Account(
                    AccountName.ADMINISTRATOR,
                    true,
                    List.of(),
                    List.of(secret),
                    secret.created(),
                    0));
  }

  private static Optional<AccountName> named(String name) {
    try {
      return Optional.of(new AccountName(name));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }
}
