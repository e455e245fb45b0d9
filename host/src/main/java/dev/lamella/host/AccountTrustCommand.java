package dev.lamella.host;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.Accounts;
import dev.lamella.host.store.StoreRefusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account trust}. */
@Command(
    name = "trust",
    mixinStandardHelpOptions = true,
    header = "Replaces whose tokens an account takes in place of a secret.",
    description = {
      "",
      "What it takes from now on is what is said here, and no more. Who has such a token signs in"
          + " with the account's name, and the token as password. Every condition of a rule has to"
          + " hold, and one has to say whose the tokens are. Tokens of the store that were got"
          + " before are good for 15 minutes at most."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account trust ci --issuer https://token.actions.githubusercontent.com"
          + " --audience store.example --where repository=org/app",
      "  lamella account trust ci --aws 'arn:aws:sts::123456789012:assumed-role/ci/*'",
      "  lamella account trust ci --add --aws 'arn:aws:sts::123456789012:assumed-role/ci/*'",
      "  lamella account trust ci --nobody"
    })
final class AccountTrustCommand implements Callable<Integer> {
  /** Of others who change the account at the same time. */
  private static final int TRIES = 10;

  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @ArgGroup(multiplicity = "0..*")
  private List<TrustOptions> trusts = new ArrayList<>();

  @Option(names = "--nobody", description = "It takes secrets alone.")
  private boolean nobody;

  @Option(names = "--add", description = "Beside the rules that it has, and not in their place.")
  private boolean add;

  @Option(names = "--remove", description = "No more these, but the others that it has.")
  private boolean remove;

  @Override
  public Integer call() {
    if (nobody != trusts.isEmpty() || (nobody && (add || remove)) || (add && remove)) {
      throw new HostFailure(
          ExitCode.USAGE,
          "say whose tokens it takes: --issuer, --audience and --where, or --aws, with --add or"
              + " --remove to keep the other rules; or --nobody");
    }
    List<TrustRule> said = trusts.stream().map(TrustOptions::rule).toList();
    AccountAnswer after = change(store.client().accounts(), new AccountName(name), said);
    System.out.println(
        store.isJson()
            ? Json.pretty(after)
            : Plain.line("One signs in as " + AccountText.trusts(after)));
    return ExitCode.OK.value();
  }

  private AccountAnswer change(Accounts accounts, AccountName account, List<TrustRule> said) {
    if (!add && !remove) {
      return accounts.trust(account, new TrustsRequest(said, Optional.empty()));
    }
    for (int i = 1; ; i++) {
      AccountAnswer before = accounts.find(account);
      if (remove && i == 1) {
        requireThere(before, said);
      }
      List<TrustRule> now = add ? with(before.trusts(), said) : without(before.trusts(), said);
      try {
        return accounts.trust(account, new TrustsRequest(now, Optional.of(before.version())));
      } catch (StoreRefusal e) {
        if (i == TRIES || !e.is(ErrorCode.ACCOUNT_CHANGED)) {
          throw e;
        }
      }
    }
  }

  private static List<TrustRule> with(List<TrustRule> there, List<TrustRule> said) {
    return Stream.concat(there.stream(), said.stream()).distinct().toList();
  }

  private static List<TrustRule> without(List<TrustRule> there, List<TrustRule> said) {
    return there.stream().filter(rule -> !said.contains(rule)).toList();
  }

  /** A rule that is not there was likely meant to be another: it would go on to be trusted. */
  private static void requireThere(AccountAnswer before, List<TrustRule> said) {
    for (TrustRule rule : said) {
      if (!before.trusts().contains(rule)) {
        throw new HostFailure(
            ExitCode.USAGE,
            "%s has no rule %s: one signs in as %s"
                .formatted(before.name(), AccountText.rule(rule), AccountText.trusts(before)));
      }
    }
  }
}
