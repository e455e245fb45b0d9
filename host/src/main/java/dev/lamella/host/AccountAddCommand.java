package dev.lamella.host;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AccountAdded;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account add}. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    header = "Adds an account, and prints its secret: once.",
    description = {
      "",
      "The secret alone goes to standard output. The store keeps its hash, and can never show it"
          + " again: where it is lost, 'lamella account rotate' makes another."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account add ci --grant 'team/*=pull,push' --expires 90d > secret",
      "  lamella account add anna --administrator",
      "  lamella account add ci --grant 'team/*=push' --issuer"
          + " https://token.actions.githubusercontent.com --audience store.example --where"
          + " repository=org/app"
    })
final class AccountAddCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "What it is called.")
  private String name = "";

  @Option(names = "--administrator", description = "It may do everything, to accounts as well.")
  private boolean administrator;

  @Option(
      names = "--grant",
      paramLabel = "PATTERN=ACTIONS",
      description =
          "What it may do to the images of a pattern: pull, push, overwrite (move tags that are"
              + " there), delete; as often as you like.")
  private List<String> grants = new ArrayList<>();

  @Option(
      names = "--expires",
      paramLabel = "DAYS",
      description = "How long its secret is good, such as 90d (default: for ever).")
  private Optional<String> expires = Optional.empty();

  @ArgGroup(multiplicity = "0..*")
  private List<TrustOptions> trusts = new ArrayList<>();

  @Override
  public Integer call() {
    AccountRequest request =
        new AccountRequest(
            new AccountName(name),
            administrator,
            AccountText.grants(grants),
            AccountText.days(expires),
            trusts.isEmpty()
                ? Optional.empty()
                : Optional.of(trusts.stream().map(TrustOptions::rule).toList()));
    AccountAdded made = store.client().accounts().add(request);
    if (store.isJson()) {
      System.out.println(Json.pretty(made));
      return ExitCode.OK.value();
    }
    System.err.println(
        Plain.line(
            "Added %s, which may do: %s. %s"
                .formatted(
                    made.account().name(),
                    AccountText.may(made.account()),
                    made.secret().isPresent()
                        ? "Its secret, which nothing shows again:"
                        : "It has no secret: one signs in as "
                            + AccountText.trusts(made.account()))));
    made.secret().map(Plain::line).ifPresent(System.out::println);
    return ExitCode.OK.value();
  }
}
