package dev.lamella.host;

import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountList;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.Accounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lamella account list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    header = "Lists the accounts, and what each may do.",
    footer = {"", "Example:", "  lamella account list --json | jq '.accounts[].name'"})
final class AccountListCommand implements Callable<Integer> {
  /** All are in memory, since a table is as wide as its widest name. */
  private static final int MOST = 100_000;

  private static final int MOST_PAGES = 10_000;

  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    List<AccountAnswer> accounts = accounts(store.client().accounts());
    System.out.println(
        store.isJson() ? Json.pretty(Map.of("accounts", accounts)) : AccountText.many(accounts));
    return ExitCode.OK.value();
  }

  private static List<AccountAnswer> accounts(Accounts calls) {
    List<AccountAnswer> accounts = new ArrayList<>();
    Optional<String> last = Optional.empty();
    for (int pages = 0; pages < MOST_PAGES && accounts.size() < MOST; pages++) {
      AccountList page = calls.page(last);
      accounts.addAll(page.accounts());
      if (page.next().isEmpty()) {
        return accounts;
      }
      last = page.next();
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "the store lists over %d accounts, or over %d pages of them: it may go in circles"
            .formatted(MOST, MOST_PAGES));
  }
}
