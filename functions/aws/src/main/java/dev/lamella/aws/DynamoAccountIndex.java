package dev.lamella.aws;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.AccountIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Accounts in the table of who may do what, each as JSON: all under one partition, by name. Refresh
 * tokens are by their hash, and the table drops them some time after they expire.
 */
public final class DynamoAccountIndex implements AccountIndex {
  private static final String ACCOUNTS = "ACCOUNT";

  private final Table table;
  private final InstantSource clock;

  DynamoAccountIndex(Table table, InstantSource clock) {
    this.table = table;
    this.clock = clock;
  }

  @Override
  public Optional<Account> find(AccountName name) {
    return table.get(key(name)).map(DynamoAccountIndex::account);
  }

  @Override
  public List<Account> list(Optional<AccountName> last, int limit) {
    String from = last.map(AccountName::value).orElse("") + Key.FIRST;
    return table.query(ACCOUNTS, from, Key.LAST, limit).stream()
        .map(DynamoAccountIndex::account)
        .toList();
  }

  @Override
  public boolean save(Account account) {
    if (account.revision() == 1) {
      return table.putNew(
          Item.at(key(account.name()))
              .with("account", Json.write(account))
              .with("revision", account.revision())
              .with("created", account.created()));
    }
    return table.update(
        key(account.name()),
        "SET #account = :account, #revision = :revision",
        "#revision = :before AND #created = :created",
        Map.of(
            ":account", Item.value(Json.write(account)),
            ":revision", Item.value(account.revision()),
            ":before", Item.value(account.revision() - 1),
            ":created", Item.value(account.created())));
  }

  @Override
  public boolean remove(AccountName name) {
    return table.delete(key(name));
  }

  @Override
  public void save(RefreshToken token) {
    table.put(Item.at(key(token.hash())).with("token", Json.write(token)).ending(token.expires()));
  }

  @Override
  public Optional<RefreshToken> refreshToken(String hash) {
    return table
        .get(key(hash))
        .map(item -> Json.read(item.bytes("token"), RefreshToken.class))
        .filter(token -> clock.instant().isBefore(token.expires()));
  }

  private static Account account(Item item) {
    return Json.read(item.bytes("account"), Account.class);
  }

  private static Key key(AccountName name) {
    return new Key(ACCOUNTS, name.value());
  }

  private static Key key(String hash) {
    return new Key("REFRESH#" + hash, "REFRESH");
  }
}
