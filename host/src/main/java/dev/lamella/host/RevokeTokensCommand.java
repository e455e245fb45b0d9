package dev.lamella.host;

import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lamella account revoke-tokens}. */
@Command(
    name = "revoke-tokens",
    mixinStandardHelpOptions = true,
    header = "Ends all tokens of all accounts.",
    description = {
      "",
      "The store signs with another key from now on, and trusts none before it. Secrets stay good:"
          + " clients get new tokens with them by themselves."
    },
    footer = {"", "Example:", "  lamella account revoke-tokens --to https://store.example"})
final class RevokeTokensCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    store.client().accounts().revokeTokens();
    System.out.println(
        store.isJson() ? Json.pretty(Map.of("revoked", true)) : "All tokens have ended");
    return ExitCode.OK.value();
  }
}
