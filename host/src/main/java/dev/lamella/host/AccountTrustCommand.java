package dev.lamella.host;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
          + " with the account's name, and the token as password. Tokens of the store that were got"
          + " before are good for 15 minutes at most."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account trust ci --issuer https://token.actions.githubusercontent.com"
          + " --audience store.example --where repository=org/app",
      "  lamella account trust ci --aws 'arn:aws:sts::123456789012:assumed-role/ci/*'",
      "  lamella account trust ci --nobody"
    })
final class AccountTrustCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @ArgGroup(multiplicity = "0..*")
  private List<TrustOptions> trusts = new ArrayList<>();

  @Option(names = "--nobody", description = "It takes secrets alone.")
  private boolean nobody;

  @Override
  public Integer call() {
    if (nobody != trusts.isEmpty()) {
      throw new HostFailure(
          ExitCode.USAGE,
          "say whose tokens it takes: --issuer, --audience and --where, or --aws, or --nobody");
    }
    AccountAnswer after =
        store
            .client()
            .accounts()
            .trust(
                new AccountName(name),
                new TrustsRequest(trusts.stream().map(TrustOptions::rule).toList()));
    System.out.println(
        store.isJson()
            ? Json.pretty(after)
            : Plain.line("One signs in as " + AccountText.trusts(after)));
    return ExitCode.OK.value();
  }
}
