package dev.lamella.host;

import dev.lamella.core.NamePattern;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.terminal.Table;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Accounts and what they may do, as commands take and show them. */
final class AccountText {
  private static final Pattern DAYS = Pattern.compile("[1-9]\\d{0,4}d");

  private AccountText() {}

  static List<Grant> grants(List<String> texts) {
    return texts.stream().map(AccountText::grant).toList();
  }

  /**
   * @param text such as {@code team/*=pull,push}
   */
  private static Grant grant(String text) {
    int equals = text.lastIndexOf('=');
    if (equals < 1) {
      throw wrong(text);
    }
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (String name : text.substring(equals + 1).split(",", -1)) {
      try {
        actions.add(Action.valueOf(name.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException _) {
        throw wrong(text);
      }
    }
    return new Grant(new NamePattern(text.substring(0, equals)), actions);
  }

  private static HostFailure wrong(String text) {
    return new HostFailure(
        ExitCode.USAGE,
        "a grant is such as 'team/*=pull,push', of pull, push, overwrite and delete, not '%s'"
            .formatted(text));
  }

  /**
   * @param text such as {@code 90d}
   */
  static Optional<Integer> days(Optional<String> text) {
    return text.map(
        value -> {
          if (!DAYS.matcher(value).matches()) {
            throw new HostFailure(
                ExitCode.USAGE, "--expires is in days, such as 90d, not '" + value + "'");
          }
          return Integer.valueOf(value.substring(0, value.length() - 1));
        });
  }

  static String one(AccountAnswer account) {
    return many(List.of(account));
  }

  static String many(List<AccountAnswer> accounts) {
    Table table = new Table("ACCOUNT", "ADMINISTRATOR", "SECRETS", "MAY", "TRUSTS", "LIMITS");
    for (AccountAnswer account : accounts) {
      table.row(
          account.name().value(),
          account.administrator() ? "yes" : "no",
          Integer.toString(account.secrets().size()),
          may(account),
          account.trusts().isEmpty() ? "-" : rules(account),
          LimitText.cell(account));
    }
    return table.toString();
  }

  /** How one signs in without a secret, in a line that begins with the account's name. */
  static String trusts(AccountAnswer account) {
    return account.name()
        + (account.trusts().isEmpty() ? " with a secret alone" : " by " + rules(account));
  }

  private static String rules(AccountAnswer account) {
    return account.trusts().stream().map(AccountText::rule).collect(Collectors.joining("; "));
  }

  static String rule(TrustRule rule) {
    return switch (rule) {
      case TrustRule.Oidc oidc ->
          "%s for %s where %s%s"
              .formatted(
                  oidc.issuer(),
                  oidc.audience(),
                  oidc.claims().stream()
                      .map(claim -> claim.claim() + "=" + claim.pattern())
                      .collect(Collectors.joining(" ")),
                  oidc.keys().map(url -> " (keys: " + url + ")").orElse(""));
      case TrustRule.Aws aws -> aws.arn();
    };
  }

  /** What it may do, in a line. */
  static String may(AccountAnswer account) {
    if (account.grants().isEmpty()) {
      return account.administrator() ? "everything" : "nothing";
    }
    return account.grants().stream()
        .map(
            grant ->
                grant.repositories().value()
                    + "="
                    + EnumSet.copyOf(grant.actions()).stream()
                        .map(action -> action.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(",")))
        .collect(Collectors.joining(" "));
  }
}
