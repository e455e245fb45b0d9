package dev.lamella.core.identity;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Secret;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountAdded;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountList;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.LimitsRequest;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.TrustIndex;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Accounts, as who administers the store sees and changes them. */
public final class Accounts {
  private static final int PAGE = 100;
  private static final int MOST_DAYS = 3_650;

  /** Changes of one account at once, of which each but one has to look again. */
  private static final int TRIES = 10;

  private final AccountIndex accounts;
  private final TrustIndex trust;
  private final InstantSource clock;

  public Accounts(AccountIndex accounts, TrustIndex trust, InstantSource clock) {
    this.accounts = accounts;
    this.trust = trust;
    this.clock = clock;
  }

  /** In order of their names after {@code last}, at most 100. */
  public AccountList list(Optional<AccountName> last) {
    List<Account> page = accounts.list(last, PAGE + 1);
    boolean isLast = page.size() <= PAGE;
    List<Account> shown = isLast ? page : page.subList(0, PAGE);
    return new AccountList(
        shown.stream().map(AccountAnswer::of).toList(),
        isLast ? Optional.empty() : Optional.of(shown.getLast().name().value()));
  }

  /**
   * @throws Refusal {@code ACCOUNT_UNKNOWN}
   */
  public AccountAnswer find(AccountName name) {
    return AccountAnswer.of(required(name));
  }

  /**
   * Makes an account, with its first secret, or with trust rules.
   *
   * @throws Refusal {@code ACCOUNT_EXISTS}, also for {@code anonymous}, which is always there;
   *     {@code REQUEST_INVALID} for {@code administrator}, which the deployment made, and for days
   *     out of range, or of a secret that is not made
   */
  public AccountAdded add(AccountRequest request) {
    refuseAdministrator(request.name());
    Instant now = clock.instant();
    List<TrustRule> trusts = request.trusts().orElse(List.of());
    if (!trusts.isEmpty() && request.secretDays().isPresent()) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "an account with trust rules gets no secret that could expire: make one for it afterwards"
              + " where it needs both");
    }
    Optional<Secret.Made> made =
        trusts.isEmpty()
            ? Optional.of(Secret.make(SignIn.SECRET, now, expiry(request.secretDays(), now)))
            : Optional.empty();
    Account account =
        new Account(
            request.name(),
            request.administrator(),
            request.grants(),
            made.stream().map(Secret.Made::secret).toList(),
            trusts,
            now,
            1);
    if (request.name().equals(AccountName.ANONYMOUS) || !accounts.save(account)) {
      throw new Refusal(
          ErrorCode.ACCOUNT_EXISTS,
          "there is an account "
              + request.name()
              + " already: change its grants, or remove it first");
    }
    return new AccountAdded(AccountAnswer.of(account), made.map(Secret.Made::text));
  }

  /**
   * Replaces whom an account takes without a secret, from the next sign-in on. Tokens that it has
   * are good until they end. Idempotent where no version is named.
   *
   * @throws Refusal {@code ACCOUNT_UNKNOWN}; {@code ACCOUNT_CHANGED}; {@code REQUEST_INVALID}
   */
  public AccountAnswer trust(AccountName name, TrustsRequest request) {
    return AccountAnswer.of(
        change(name, request.version(), account -> account.trusting(request.trusts())));
  }

  /**
   * Replaces what an account may do. Tokens that it has keep their rights until they end.
   * Idempotent where no version is named.
   *
   * @throws Refusal {@code ACCOUNT_UNKNOWN}; {@code ACCOUNT_CHANGED}; {@code REQUEST_INVALID}
   */
  public AccountAnswer grant(AccountName name, GrantsRequest request) {
    return AccountAnswer.of(
        change(
            name,
            request.version(),
            account -> account.with(request.administrator(), request.grants())));
  }

  /**
   * Replaces the limits of an account, from its next token on. Idempotent.
   *
   * @throws Refusal {@code ACCOUNT_UNKNOWN}; {@code REQUEST_INVALID}
   */
  public AccountAnswer limit(AccountName name, LimitsRequest request) {
    if (name.equals(AccountName.ANONYMOUS)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "anonymous callers push nothing, and so have no limits");
    }
    return AccountAnswer.of(
        change(name, Optional.empty(), account -> account.limited(request.limits())));
  }

  /**
   * Makes another secret. The last one before it stays good, so that it can be replaced wherever it
   * is used; older ones end.
   *
   * @throws Refusal {@code ACCOUNT_UNKNOWN}; {@code REQUEST_INVALID}
   */
  public AccountSecret rotate(AccountName name, Optional<Integer> days) {
    if (name.equals(AccountName.ANONYMOUS)) {
      throw new Refusal(ErrorCode.REQUEST_INVALID, "anonymous callers have no secret");
    }
    Instant now = clock.instant();
    Secret.Made made = Secret.make(SignIn.SECRET, now, expiry(days, now));
    Account changed = change(name, Optional.empty(), account -> account.with(made.secret(), now));
    return new AccountSecret(AccountAnswer.of(changed), made.text());
  }

  /**
   * Removes an account: it gets no token any more. Idempotent where its tokens are to end, too.
   *
   * @param atOnce whether the tokens that it has end within seconds, and not after 15 minutes
   * @throws Refusal {@code ACCOUNT_UNKNOWN} where there is none, and nothing was to end at once
   */
  public void remove(AccountName name, boolean atOnce) {
    refuseAdministrator(name);
    boolean wasThere = accounts.remove(name);
    if (atOnce) {
      Instant now = clock.instant();
      trust.end(name, now, now.plus(IssueToken.LIFE).plus(Duration.ofMinutes(1)));
    } else if (!wasThere) {
      throw unknown(name);
    }
  }

  private Account change(
      AccountName name, Optional<String> version, UnaryOperator<Account> change) {
    refuseAdministrator(name);
    for (int i = 0; i < TRIES; i++) {
      Account before = required(name);
      if (version.filter(seen -> !seen.equals(before.version())).isPresent()) {
        throw new Refusal(
            ErrorCode.ACCOUNT_CHANGED,
            "the account " + name + " was changed since: look at it, and change it as it is now");
      }
      Account changed = change.apply(before);
      if (accounts.save(changed)) {
        return changed;
      }
    }
    throw new Refusal(
        ErrorCode.TOOMANYREQUESTS, "others change the account " + name + " at once: try again");
  }

  private Account required(AccountName name) {
    return accounts
        .find(name)
        .or(
            () ->
                name.equals(AccountName.ANONYMOUS)
                    ? Optional.of(Account.anonymous(clock.instant()))
                    : Optional.empty())
        .orElseThrow(() -> unknown(name));
  }

  private static Refusal unknown(AccountName name) {
    return new Refusal(
        ErrorCode.ACCOUNT_UNKNOWN,
        "there is no account " + name + ": GET /v1/accounts lists those that are");
  }

  private static void refuseAdministrator(AccountName name) {
    if (name.equals(AccountName.ADMINISTRATOR)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the account administrator comes with the deployment: its secret is changed in Secrets"
              + " Manager; for people and machines make accounts of their own");
    }
  }

  private static Optional<Instant> expiry(Optional<Integer> days, Instant now) {
    if (days.filter(number -> number < 1 || number > MOST_DAYS).isPresent()) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "a secret is good for 1 to " + MOST_DAYS + " days");
    }
    return days.map(number -> now.plus(Duration.ofDays(number)));
  }
}
