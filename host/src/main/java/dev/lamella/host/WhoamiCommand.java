package dev.lamella.host;

import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lamella whoami}. */
@Command(
    name = "whoami",
    mixinStandardHelpOptions = true,
    header = "Shows which account you are at a store, and what it may do.",
    footer = {"", "Example:", "  lamella whoami --to https://store.example"})
final class WhoamiCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    AccountAnswer mine = store.client().accounts().mine();
    System.out.println(store.isJson() ? Json.pretty(mine) : AccountText.one(mine));
    return ExitCode.OK.value();
  }
}
