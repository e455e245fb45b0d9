package dev.lamella.host;

import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lamella logout}. */
@Command(
    name = "logout",
    mixinStandardHelpOptions = true,
    header = "Forgets what is kept to sign in at a store with.",
    description = {
      "",
      "The secret stays good: 'lamella account rotate' makes another, and 'lamella account remove'"
          + " ends the account."
    },
    footer = {"", "Example:", "  lamella logout --from https://store.example"})
final class LogoutCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    URI url = store.url(System.getenv());
    boolean isErased = StoreOptions.credentials().erase(url);
    System.out.println(
        store.isJson()
            ? Json.pretty(Map.of("store", url.toString(), "forgotten", isErased))
            : (isErased ? "Signed out at " : "Nothing was kept for ") + url);
    return ExitCode.OK.value();
  }
}
