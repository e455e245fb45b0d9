package dev.lamella.host;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.Accounts;
import dev.lamella.host.store.StoreRefusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account grant}. */
@Command(
    name = "grant",
    mixinStandardHelpOptions = true,
    header = "Replaces what an account may do.",
    description = {
      "",
      "What it may do from now on is what is said here, and no more. It counts from its next token"
          + " on: 15 minutes at most."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account grant ci 'team/*=pull,push' 'base/*=pull'",
      "  lamella account grant anonymous 'public/*=pull'",
      "  lamella account grant ci --nothing"
    })
final class AccountGrantCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PATTERN=ACTIONS",
      description = "Images and actions, of pull, push, overwrite and delete.")
  private List<String> grants = new ArrayList<>();

  @Option(names = "--administrator", description = "It may do everything, to accounts as well.")
  private boolean administrator;

  @Option(names = "--nothing", description = "It may do nothing any more.")
  private boolean nothing;

  @Override
  public Integer call() {
    if (nothing == (administrator || !grants.isEmpty())) {
      throw new HostFailure(
          ExitCode.USAGE, "say what it may do: grants such as 'team/*=pull', or --nothing");
    }
    AccountName account = new AccountName(name);
    GrantsRequest request =
        new GrantsRequest(administrator, AccountText.grants(grants), Optional.empty());
    Accounts accounts = store.client().accounts();
    Optional<AccountAnswer> before = find(accounts, account);
    AccountAnswer after = accounts.grant(account, request);
    System.out.println(store.isJson() ? json(before, after) : text(before, after));
    return ExitCode.OK.value();
  }

  /** Nobody is there before anybody was granted anything. */
  private static Optional<AccountAnswer> find(Accounts accounts, AccountName account) {
    try {
      return Optional.of(accounts.find(account));
    } catch (StoreRefusal e) {
      if (e.is(ErrorCode.ACCOUNT_UNKNOWN) && account.equals(AccountName.ANONYMOUS)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String json(Optional<AccountAnswer> before, AccountAnswer after) {
    Map<String, Object> shown = new LinkedHashMap<>();
    before.ifPresent(account -> shown.put("before", account));
    shown.put("after", after);
    return Json.pretty(shown);
  }

  private static String text(Optional<AccountAnswer> before, AccountAnswer after) {
    return Plain.line("before: " + before.map(AccountGrantCommand::may).orElse("nothing"))
        + System.lineSeparator()
        + Plain.line("now:    " + may(after));
  }

  private static String may(AccountAnswer account) {
    return account.administrator() && !account.grants().isEmpty()
        ? "everything; " + AccountText.may(account)
        : AccountText.may(account);
  }
}
