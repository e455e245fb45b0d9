package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.port.OpenUploads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Gatherers;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What each account has open, as one item: an attribute for the places of each call, and beside
 * them how many uploads and bytes that is. Each change is one conditional update of the item, by
 * which the numbers always are those of the places; DynamoDB does one after the other, and none has
 * to be tried again.
 */
final class DynamoOpenUploads implements OpenUploads {
  /** What the attributes of places begin with; their id follows. */
  private static final String PLACES = "p";

  /** Places in one update: an expression has at most 4 KB. */
  private static final int AT_ONCE = 20;

  /** A minute may begin meanwhile, or the account's first upload. */
  private static final int TRIES = 3;

  private static final String ROOM =
      " AND (attribute_not_exists(#uploads) OR #uploads <= :otherUploads)"
          + " AND (attribute_not_exists(#bytes) OR #bytes <= :otherBytes)";

  private final Table table;

  DynamoOpenUploads(Table table) {
    this.table = table;
  }

  @Override
  public Held of(String account) {
    return table.get(Key.open(account)).map(DynamoOpenUploads::held).orElse(Held.NOTHING);
  }

  @Override
  public Optional<Held> take(String account, Places places, Allowance most, Instant until) {
    if (!Held.NOTHING.hasRoom(places, most)) {
      return Optional.empty();
    }
    for (int i = 0; i < TRIES; i++) {
      Optional<Item> after = takenInTheSameMinute(account, places, most, until);
      if (after.isPresent()) {
        return after.map(DynamoOpenUploads::held);
      }
      Held held = of(account);
      if (held.has(places.id())) {
        return Optional.of(held); // The SDK may have sent it twice.
      }
      if (!held.hasRoom(places, most)) {
        return Optional.empty();
      }
      after = takenInANewMinute(account, places, most, until);
      if (after.isPresent()) {
        return after.map(DynamoOpenUploads::held);
      }
    }
    return Optional.empty();
  }

  private Optional<Item> takenInTheSameMinute(
      String account, Places places, Allowance most, Instant until) {
    Map<String, AttributeValue> values = values(places, most, until);
    values.put(":otherBegun", Item.value((long) most.uploadsPerMinute() - places.uploads()));
    return table.updated(
        Key.open(account),
        set(places) + " ADD #uploads :count, #bytes :more, #begun :count",
        isNew(places) + " AND #minute >= :minute AND #begun <= :otherBegun",
        values);
  }

  /** Or in the account's first. */
  private Optional<Item> takenInANewMinute(
      String account, Places places, Allowance most, Instant until) {
    return table.updated(
        Key.open(account),
        set(places) + ", #minute = :minute, #begun = :count ADD #uploads :count, #bytes :more",
        isNew(places) + " AND (attribute_not_exists(#minute) OR #minute < :minute)",
        values(places, most, until));
  }

  private static String set(Places places) {
    return "SET #%s = :places, #ends = :ends".formatted(name(places));
  }

  private static String isNew(Places places) {
    return "attribute_not_exists(#%s)".formatted(name(places)) + ROOM;
  }

  private static Map<String, AttributeValue> values(Places places, Allowance most, Instant until) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":places", value(places));
    values.put(":ends", Item.value(Item.epochSecond(until)));
    values.put(":count", Item.value(places.uploads()));
    values.put(":more", Item.value(places.allBytes()));
    values.put(":minute", Item.value(OpenUploads.minute(places.since())));
    values.put(":otherUploads", Item.value((long) most.uploads() - places.uploads()));
    values.put(":otherBytes", Item.value(most.stagedBytes() - places.allBytes()));
    return values;
  }

  private static String name(Places places) {
    return PLACES + places.id();
  }

  @Override
  public boolean grow(String account, Places before, Places after, long mostBytes) {
    String name = name(before);
    long more = after.allBytes() - before.allBytes();
    boolean isGrown =
        table.update(
            Key.open(account),
            "SET #" + name + " = :after ADD #bytes :more",
            "#" + name + " = :before AND #bytes <= :otherBytes",
            Map.of(
                ":before", value(before),
                ":after", value(after),
                ":more", Item.value(more),
                ":otherBytes", Item.value(mostBytes - more)));
    // The SDK may have sent it twice.
    return isGrown || of(account).places().contains(after);
  }

  /** Where another one has dropped some of them meanwhile, those beside them are left for later. */
  @Override
  public void drop(String account, Held held, Set<LayerId> gone) {
    int kept = held.without(gone).uploads();
    held.places().stream()
        .filter(places -> places.bytes().keySet().stream().anyMatch(gone::contains))
        .gather(Gatherers.windowFixed(AT_ONCE))
        .forEach(some -> drop(account, some, gone, kept));
  }

  private void drop(String account, List<Places> some, Set<LayerId> gone, int kept) {
    List<String> conditions = new ArrayList<>();
    List<String> sets = new ArrayList<>(List.of("#kept = :kept"));
    List<String> removes = new ArrayList<>();
    Map<String, AttributeValue> values = new HashMap<>();
    long uploads = 0;
    long bytes = 0;
    for (int i = 0; i < some.size(); i++) {
      Places before = some.get(i);
      Optional<Places> after = before.without(gone);
      String name = "#" + name(before);
      conditions.add(name + " = :before" + i);
      values.put(":before" + i, value(before));
      if (after.isPresent()) {
        sets.add(name + " = :after" + i);
        values.put(":after" + i, value(after.get()));
      } else {
        removes.add(name);
      }
      uploads -= before.uploads() - after.map(Places::uploads).orElse(0);
      bytes -= before.allBytes() - after.map(Places::allBytes).orElse(0L);
    }
    values.put(":kept", Item.value(kept));
    values.put(":uploads", Item.value(uploads));
    values.put(":bytes", Item.value(bytes));
    table.update(
        Key.open(account),
        "SET "
            + String.join(", ", sets)
            + (removes.isEmpty() ? "" : " REMOVE " + String.join(", ", removes))
            + " ADD #uploads :uploads, #bytes :bytes",
        String.join(" AND ", conditions),
        values);
  }

  private static AttributeValue value(Places places) {
    Map<String, AttributeValue> bytes = new HashMap<>();
    places.bytes().forEach((upload, number) -> bytes.put(upload.value(), Item.value(number)));
    return AttributeValue.fromM(
        Map.of("since", Item.value(places.since()), "bytes", AttributeValue.fromM(bytes)));
  }

  private static Held held(Item item) {
    List<Places> all =
        item.attributes().entrySet().stream()
            .filter(entry -> entry.getKey().matches(PLACES + "[0-9a-f]{32}"))
            .map(entry -> places(entry.getKey(), entry.getValue().m()))
            .sorted(Comparator.comparing(places -> places.id().value()))
            .toList();
    return new Held(
        all,
        item.number("minute"),
        (int) item.number("begun"),
        item.has("kept") ? (int) item.number("kept") : 0);
  }

  private static Places places(String name, Map<String, AttributeValue> value) {
    Item item = Item.of(value);
    Map<LayerId, Long> bytes = new HashMap<>();
    item.get("bytes")
        .m()
        .forEach((id, number) -> bytes.put(new LayerId(id), Long.valueOf(number.n())));
    return new Places(new LayerId(name.substring(PLACES.length())), bytes, item.time("since"));
  }
}
