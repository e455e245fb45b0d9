package dev.lamella.host;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account remove}. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    header = "Removes an account: its secrets end.",
    description = {
      "",
      "Tokens that it has are good for 15 minutes at most, unless --now ends them. Images that it"
          + " pushed stay."
    },
    footer = {"", "Example:", "  lamella account remove ci --now"})
final class AccountRemoveCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @Option(names = "--now", description = "End its tokens as well.")
  private boolean now;

  @Override
  public Integer call() {
    AccountName account = new AccountName(name);
    store.client().accounts().remove(account, now);
    System.out.println(
        store.isJson()
            ? Json.pretty(Map.of("removed", account, "tokensEnded", now))
            : "Removed " + account);
    return ExitCode.OK.value();
  }
}
