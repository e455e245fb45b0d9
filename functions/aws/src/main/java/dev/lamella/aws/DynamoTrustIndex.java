package dev.lamella.aws;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.port.TrustIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * What tokens are checked against, in the table of who may do what: all under one partition, which
 * one query reads, and which is all of that table that most functions may read. The table drops
 * each entry some time after it ends.
 */
public final class DynamoTrustIndex implements TrustIndex {
  private static final String TRUST = "TRUST";
  private static final String KEYS = "KEY#";
  private static final String ENDED = "ENDED#";

  private final Table table;
  private final InstantSource clock;

  DynamoTrustIndex(Table table, InstantSource clock) {
    this.table = table;
    this.clock = clock;
  }

  @Override
  public Trust read() {
    Instant now = clock.instant();
    Map<String, TrustedKey> keys = new HashMap<>();
    Map<AccountName, Instant> ended = new HashMap<>();
    for (Item item : table.query(TRUST, Key.FIRST, Key.LAST, Integer.MAX_VALUE)) {
      String sort = item.text("SK");
      if (!now.isBefore(item.time("until"))) {
        continue;
      }
      if (sort.startsWith(KEYS)) {
        TrustedKey key = trusted(sort.substring(KEYS.length()), item);
        keys.put(key.id(), key);
      } else {
        ended.put(new AccountName(sort.substring(ENDED.length())), item.time("before"));
      }
    }
    return new Trust(keys, ended);
  }

  @Override
  public void add(TrustedKey key) {
    table.put(
        Item.at(key(key.id()))
            .with("key", key.key())
            .with("created", key.created())
            .with("until", key.until())
            .ending(key.until()));
  }

  @Override
  public void remove(String key) {
    table.delete(key(key));
  }

  /** Its end first: then the table cannot drop the entry between the two. */
  @Override
  public void end(AccountName account, Instant now, Instant until) {
    Key key = new Key(TRUST, ENDED + account);
    table.update(
        key,
        "SET #until = :until, #ends = :ends, #before = if_not_exists(#before, :now)",
        "attribute_not_exists(#until) OR #until < :until",
        Map.of(
            ":until", Item.value(until),
            ":ends", Item.value(Item.epochSecond(until)),
            ":now", Item.value(now)));
    table.update(key, "SET #before = :now", "#before < :now", Map.of(":now", Item.value(now)));
  }

  private static TrustedKey trusted(String id, Item item) {
    return new TrustedKey(id, item.text("key"), item.time("created"), item.time("until"));
  }

  private static Key key(String id) {
    return new Key(TRUST, KEYS + id);
  }
}
