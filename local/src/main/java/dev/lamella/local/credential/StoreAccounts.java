package dev.lamella.local.credential;

import dev.lamella.core.access.AccountName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * As which account this machine signs in at which store. No other host is ever given a proof:
 * clients ask for all registries that they use.
 *
 * @param accounts by the store's host, with its port where it has one of its own
 */
record StoreAccounts(Map<String, AccountName> accounts) {
  /** For whom {@code ci@store.example,dev@localhost:5000} is. */
  static final String VARIABLE = "LAMELLA_AWS_ACCOUNTS";

  private static final Pattern HOST = Pattern.compile("[a-z0-9.-]{1,253}(:\\d{1,5})?");

  StoreAccounts {
    accounts = Map.copyOf(accounts);
  }

  /**
   * @throws HostFailure {@code USAGE} where it is not of that form
   */
  static StoreAccounts parse(String text) {
    Map<String, AccountName> accounts = new TreeMap<>();
    for (String pair : text.split(",", -1)) {
      int at = pair.indexOf('@');
      String host = pair.substring(at + 1).strip().toLowerCase(Locale.ROOT);
      if (at < 1 || !HOST.matcher(host).matches()) {
        throw new HostFailure(
            ExitCode.USAGE,
            "%s is such as ci@store.example, with commas between, not '%s'"
                .formatted(VARIABLE, text));
      }
      accounts.put(host, new AccountName(pair.substring(0, at).strip()));
    }
    return new StoreAccounts(accounts);
  }

  /**
   * @param server as clients name it: {@code store.example}, {@code https://store.example/v2/}
   */
  static String host(String server) {
    String host = server.strip().toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
    int slash = host.indexOf('/');
    return slash < 0 ? host : host.substring(0, slash);
  }

  Optional<AccountName> at(String host) {
    return Optional.ofNullable(accounts.get(host));
  }
}
