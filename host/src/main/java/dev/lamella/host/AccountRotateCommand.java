package dev.lamella.host;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.SecretRequest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.Plain;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account rotate}. */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    header = "Makes another secret of an account, and prints it: once.",
    description = {
      "",
      "The secret before it stays good, so that there is time to change over; older ones end. Where"
          + " a secret has leaked, do it twice: then the one that leaked has ended."
    },
    footer = {"", "Example:", "  lamella account rotate ci --expires 90d > secret"})
final class AccountRotateCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @Option(
      names = "--expires",
      paramLabel = "DAYS",
      description = "How long the secret is good, such as 90d (default: for ever).")
  private Optional<String> expires = Optional.empty();

  @Override
  public Integer call() {
    AccountName account = new AccountName(name);
    SecretRequest request = new SecretRequest(AccountText.days(expires));
    AccountSecret made = store.client().accounts().rotate(account, request);
    if (store.isJson()) {
      System.out.println(Json.pretty(made));
      return ExitCode.OK.value();
    }
    System.err.println(
        "Made another secret of %s, which nothing shows again; the one before it stays good:"
            .formatted(account));
    System.out.println(Plain.line(made.secret()));
    return ExitCode.OK.value();
  }
}
