package dev.lamella.core.identity;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.access.Secret;
import dev.lamella.core.identity.TrustedProofs.Vouched;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds out whether one who signs in is who they say. */
public final class SignIn {
  /** What secrets of accounts begin with. */
  static final String SECRET = "lam_";

  private static final String REFRESH = "lamr_";
  private static final Duration REFRESH_LIFE = Duration.ofDays(30);

  private final AccountIndex accounts;
  private final DeploymentSecret deployment;
  private final TrustedProofs proofs;
  private final InstantSource clock;
  private final FailedSignIns failed = new FailedSignIns();

  public SignIn(AccountIndex accounts, Secrets secrets, TrustedProofs proofs, InstantSource clock) {
    this.accounts = accounts;
    this.deployment = new DeploymentSecret(secrets, clock);
    this.proofs = proofs;
    this.clock = clock;
  }

  /**
   * Who signed in.
   *
   * @param secret id of that which it was by; empty where none was
   * @param subject whom an issuer or AWS vouched for; empty where it was by a secret, or by nothing
   * @param since before the account was read: what ends it later ends this, too
   */
  public record SignedIn(
      Account account, Optional<String> secret, Optional<Vouched> subject, Instant since) {}

  /**
   * @param name as it was sent
   * @param password a secret of the account, or what one of its trust rules takes: a token of an
   *     OIDC issuer, or the proof of an AWS caller
   * @throws Refusal {@code UNAUTHORIZED}, the same for an unknown name, a wrong secret and one that
   *     has expired
   * @throws dev.lamella.core.Unavailable where who vouches for it cannot be asked
   */
  public SignedIn by(String name, String password) {
    return isProof(password) ? byProof(name, password) : bySecret(name, password);
  }

  /** Whether a password is no secret of the account, but what somebody else vouches for. */
  public static boolean isProof(String password) {
    return TrustedProofs.isProof(password);
  }

  /**
   * By what somebody else vouches for, and no secret. The account is read each time: where a rule
   * was removed, nobody signs in by it.
   *
   * @throws Refusal {@code UNAUTHORIZED}, the same for an unknown name
   * @throws dev.lamella.core.Unavailable where who vouches for it cannot be asked
   */
  public SignedIn byProof(String name, String proof) {
    Instant now = clock.instant();
    return named(name)
        .flatMap(accounts::find)
        .flatMap(
            account ->
                proofs
                    .subject(account, proof)
                    .map(
                        subject ->
                            new SignedIn(account, Optional.empty(), Optional.of(subject), now)))
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "no account of that name takes this token: it has expired, or no trust rule of"
                        + " the account fits its issuer, audience and claims. Who administers the"
                        + " store sees the rules by 'lamella account list', and what did not fit in"
                        + " the log of identity"));
  }

  private SignedIn bySecret(String name, String secret) {
    Instant now = clock.instant();
    return named(name)
        .filter(account -> mayBe(account, secret) && !failed.isKnown(account, secret, now))
        .flatMap(account -> bySecret(account, secret, now))
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "the account or its secret is wrong, or the secret has expired: who administers"
                        + " the store makes accounts and secrets"));
  }

  private Optional<SignedIn> bySecret(AccountName name, String secret, Instant now) {
    Optional<Account> read = find(name);
    Optional<SignedIn> signedIn =
        proven(read, now, found -> found.secret(secret, now).map(Secret::id));
    if (signedIn.isEmpty()) {
      failed.note(name, read, now);
    }
    return signedIn;
  }

  /** What has not the form of a secret is none: then nothing is read. */
  private static boolean mayBe(AccountName name, String secret) {
    return name.equals(AccountName.ADMINISTRATOR) || Secret.isForm(SECRET, secret);
  }

  /**
   * @throws Refusal {@code UNAUTHORIZED} where it has expired, or the secret that it was made from
   *     is good no more
   */
  public SignedIn by(String refreshToken) {
    Instant now = clock.instant();
    return Optional.of(refreshToken)
        .filter(text -> Secret.isForm(REFRESH, text))
        .flatMap(text -> accounts.refreshToken(Secret.hash(text)))
        .filter(token -> now.isBefore(token.expires()))
        .flatMap(
            token ->
                proven(
                    find(token.account()),
                    now,
                    found -> Optional.of(token.secret()).filter(id -> found.hasSecret(id, now))))
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "the refresh token has expired, or its account's secret has: sign in again"));
  }

  /** Who does not sign in: may do what the account {@code anonymous} is granted. */
  public SignedIn anonymous() {
    Instant now = clock.instant();
    return new SignedIn(
        accounts.find(AccountName.ANONYMOUS).orElseGet(() -> Account.anonymous(now)),
        Optional.empty(),
        Optional.empty(),
        now);
  }

  /**
   * What a client may keep instead of the secret, for 30 days at most.
   *
   * @param secret id of that which it was signed in by
   */
  public String refreshToken(Account account, String secret) {
    Instant now = clock.instant();
    Secret.Made made = Secret.make(REFRESH, now, Optional.of(now.plus(REFRESH_LIFE)));
    accounts.save(
        new RefreshToken(made.secret().hash(), account.name(), secret, now.plus(REFRESH_LIFE)));
    return made.text();
  }

  /** What is known of an account; empty where it was removed. */
  public Optional<Account> find(AccountName name) {
    return name.equals(AccountName.ADMINISTRATOR)
        ? deployment.find().map(SignIn::administrator)
        : accounts.find(name);
  }

  /**
   * Whether an account administers the store now, whatever its token says.
   *
   * @throws Refusal {@code DENIED} where not
   */
  public void requireAdministrator(AccountName name) {
    if (find(name).filter(Account::administrator).isEmpty()) {
      throw new Refusal(
          ErrorCode.DENIED, name + " does not administer this store any more: its token ends soon");
    }
  }

  private Optional<SignedIn> proven(
      Optional<Account> read, Instant now, Function<Account, Optional<String>> proof) {
    return read.filter(account -> proof.apply(account).isPresent())
        .flatMap(
            account ->
                account.name().equals(AccountName.ADMINISTRATOR)
                    ? deployment.again().map(SignIn::administrator)
                    : Optional.of(account))
        .flatMap(
            account ->
                proof
                    .apply(account)
                    .map(id -> new SignedIn(account, Optional.of(id), Optional.empty(), now)));
  }

  private static Account administrator(Secret secret) {
    return new Account(
        AccountName.ADMINISTRATOR,
        true,
        List.of(),
        List.of(secret),
        List.of(),
        secret.created(),
        0);
  }

  private static Optional<AccountName> named(String name) {
    try {
      return Optional.of(new AccountName(name));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }
}
