package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Someone who may sign in: a person, a machine, a pipeline.
 *
 * @param administrator may do everything, also to accounts
 * @param grants at most 32, of at most 2,000 characters together: a token has to carry them
 * @param secrets at most two that are good at once, so that one can be replaced while it is used;
 *     the newest last
 * @param trusts whom it takes without a secret; at most 8
 * @param limits of what it uses at a time; who administers has none, whatever is said here
 * @param revision goes up with each change, from 1 on
 */
public record Account(
    AccountName name,
    boolean administrator,
    List<Grant> grants,
    List<Secret> secrets,
    List<TrustRule> trusts,
    Limits limits,
    Instant created,
    long revision)
    implements Permissions {
  private static final int MOST_GRANTS = 32;
  private static final int MOST_CHARACTERS = 2_000;
  private static final int MOST_SECRETS = 2;
  private static final int MOST_TRUSTS = 8;

  /**
   * @throws Refusal {@code REQUEST_INVALID} for more grants than the limits, for grants of
   *     anonymous callers that are not to pull, and for trust rules of these or of the deployment's
   *     administrator
   */
  public Account {
    grants = List.copyOf(grants);
    secrets = List.copyOf(secrets);
    trusts = List.copyOf(trusts);
    int characters = grants.stream().mapToInt(grant -> grant.repositories().value().length()).sum();
    if (grants.size() > MOST_GRANTS || characters > MOST_CHARACTERS) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "an account has at most %d grants, whose patterns have %d characters together: use patterns that match more, or another account"
              .formatted(MOST_GRANTS, MOST_CHARACTERS));
    }
    if (trusts.size() > MOST_TRUSTS) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "an account has at most %d trust rules: use patterns that match more, or another account"
              .formatted(MOST_TRUSTS));
    }
    if (!trusts.isEmpty()
        && (name.equals(AccountName.ANONYMOUS) || name.equals(AccountName.ADMINISTRATOR))) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the account " + name + " has no trust rules: give them to an account of their own");
    }
    if (name.equals(AccountName.ANONYMOUS)
        && (administrator || grants.stream().anyMatch(Account::isMoreThanPull))) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "anonymous callers can be granted to pull, and nothing else");
    }
  }

  /** One with the limits of every account. */
  public Account(
      AccountName name,
      boolean administrator,
      List<Grant> grants,
      List<Secret> secrets,
      List<TrustRule> trusts,
      Instant created,
      long revision) {
    this(name, administrator, grants, secrets, trusts, Limits.USUAL, created, revision);
  }

  /** The account of who does not sign in, before it was granted anything. */
  public static Account anonymous(Instant now) {
    return new Account(AccountName.ANONYMOUS, false, List.of(), List.of(), List.of(), now, 0);
  }

  /**
   * Names it as it is now: another after each change, and after it was removed and made again. It
   * is {@code 0} before there is any.
   */
  public String version() {
    return revision == 0 ? "0" : created + "/" + revision;
  }

  private static boolean isMoreThanPull(Grant grant) {
    return grant.actions().stream().anyMatch(action -> action != Action.PULL);
  }

  @Override
  public boolean allow(Action action, RepositoryName repository) {
    return administrator || grants.stream().anyMatch(grant -> grant.allows(action, repository));
  }

  @Override
  public boolean allowOnStore(Action action) {
    return administrator;
  }

  @Override
  public List<NamePattern> pullable() {
    return administrator
        ? List.of(NamePattern.ALL)
        : grants.stream()
            .filter(grant -> grant.actions().contains(Action.PULL))
            .map(Grant::repositories)
            .distinct()
            .toList();
  }

  /** What a token may allow that it asks for. */
  public Access access(List<TokenScope> wanted) {
    return Access.of(this, wanted);
  }

  public Account with(boolean nowAdministrator, List<Grant> now) {
    return new Account(name, nowAdministrator, now, secrets, trusts, limits, created, revision + 1);
  }

  /** With other limits. */
  public Account limited(Limits now) {
    return new Account(name, administrator, grants, secrets, trusts, now, created, revision + 1);
  }

  /** What its tokens say of its limits; empty for none. */
  public Optional<Limits> tokenLimits() {
    return administrator ? Optional.empty() : Optional.of(limits);
  }

  /** With other trust rules. */
  public Account trusting(List<TrustRule> now) {
    return new Account(name, administrator, grants, secrets, now, limits, created, revision + 1);
  }

  /** With one secret more; of those before, the last one that is good stays. */
  public Account with(Secret more, Instant now) {
    List<Secret> good = secrets.stream().filter(secret -> secret.isGood(now)).toList();
    Stream<Secret> kept = good.stream().skip(Math.max(0, good.size() - (MOST_SECRETS - 1)));
    return new Account(
        name,
        administrator,
        grants,
        Stream.concat(kept, Stream.of(more)).toList(),
        trusts,
        limits,
        created,
        revision + 1);
  }

  /** The secret with that text, while it is good. */
  public Optional<Secret> secret(String text, Instant now) {
    return secrets.stream()
        .filter(secret -> secret.isGood(now) && secret.matches(text))
        .findFirst();
  }

  /** Whether that secret is one of it, and good. */
  public boolean hasSecret(String id, Instant now) {
    return secrets.stream().anyMatch(secret -> secret.isGood(now) && secret.id().equals(id));
  }
}
