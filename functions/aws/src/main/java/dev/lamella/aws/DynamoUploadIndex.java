package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Uploads in DynamoDB. All are in the secondary index under {@code UPLOADS} by the time when they
 * expire, so that what is left of them can be found.
 */
public final class DynamoUploadIndex implements UploadIndex {
  static final String SET_STATE = "SET #state = :next";
  private static final String UPLOADS = "UPLOADS";
  private static final int PAGE = 1_000;
  static final String IS_OPEN = "#state = :open";

  private final Table table;
  private final ShardClaims claims;
  private final RejectedShards rejected;

  DynamoUploadIndex(Table table) {
    this.table = table;
    this.claims = new ShardClaims(table);
    this.rejected = new RejectedShards(table);
  }

  @Override
  public void create(Upload upload) {
    Item item = UploadItem.of(upload);
    if (!table.putNew(item) && !find(upload.id()).equals(Optional.of(upload))) {
      throw new IllegalStateException("upload " + upload.id() + " exists already");
    }
  }

  @Override
  public Optional<Upload> find(LayerId id) {
    return table.get(Key.upload(id)).map(item -> UploadItem.read(id, item));
  }

  /** One update of the upload, and one item for each piece and state. */
  @Override
  public boolean receive(
      Upload before, Upload after, List<Piece> pieces, Map<Integer, ChainState> states) {
    Map<String, AttributeValue> values = new HashMap<>(UploadItem.received(after));
    String set =
        values.keySet().stream()
            .map(name -> "#" + name + " = :" + name)
            .sorted()
            .collect(Collectors.joining(", ", "SET ", ""));
    Map<String, AttributeValue> named = new HashMap<>();
    values.forEach((name, value) -> named.put(":" + name, value));
    named.put(":open", Item.value(State.OPEN.name()));
    named.put(":before", Item.value(before.slicing().size()));
    Transaction transaction =
        table
            .transaction()
            .update(
                Key.upload(before.id()),
                set,
                IS_OPEN + " AND #size = :before AND attribute_not_exists(#digest)",
                named);
    for (Piece piece : pieces) {
      transaction.put(
          Item.at(Key.piece(before.id(), piece.offset()))
              .with("offset", piece.offset())
              .with("length", piece.length())
              .with("part", piece.part().name()));
    }
    states.forEach(
        (index, state) ->
            transaction.put(
                Item.at(Key.state(before.id(), index))
                    .with("index", index)
                    .with("after", state.bytes())));
    return transaction.commit().isEmpty();
  }

  /** In the image's partition; the table's time to live takes it away. */
  @Override
  public void expectWhole(Upload upload) {
    table.put(
        Item.at(Key.expected(upload.image(), upload.id()))
            .with("upload", upload.id().value())
            .with("ends", upload.expires().getEpochSecond()));
  }

  @Override
  public List<LayerId> expectedWhole(RepositoryName image, int limit) {
    return table
        .query(Key.image(image).partition(), Key.EXPECTED, Key.EXPECTED + Key.LAST, limit)
        .stream()
        .map(item -> new LayerId(item.text("upload")))
        .toList();
  }

  @Override
  public void expectNoMore(RepositoryName image, LayerId id) {
    table.delete(List.of(Key.expected(image, id)));
  }

  @Override
  public List<Piece> pieces(LayerId id, long from, long to) {
    Key first = Key.piece(id, from);
    Key last = Key.piece(id, to - 1);
    return table.query(first.partition(), first.sort(), last.sort(), Integer.MAX_VALUE).stream()
        .map(
            item ->
                new Piece(
                    item.number("offset"),
                    (int) item.number("length"),
                    new StagedPart(item.text("part"))))
        .toList();
  }

  @Override
  public SortedMap<Integer, ChainState> states(LayerId id, int from) {
    Key first = Key.state(id, from);
    SortedMap<Integer, ChainState> states = new TreeMap<>();
    table
        .query(first.partition(), first.sort(), Key.STATES + Key.LAST, Slicing.MOST_SHARDS)
        .forEach(
            item -> states.put((int) item.number("index"), ChainState.of(item.bytes("after"))));
    return states;
  }

  @Override
  public void markChained(LayerId id) {
    table.update(Key.upload(id), "SET #chained = :yes", IS_OPEN, whileOpen(":yes", Item.value(1)));
  }

  @Override
  public void prove(LayerId id, Proven proven) {
    Map<String, AttributeValue> values = new HashMap<>();
    UploadItem.proven(proven).forEach((name, value) -> values.put(":" + name, value));
    values.put(":open", Item.value(State.OPEN.name()));
    table.update(Key.upload(id), "SET #proven = :proven, #provenEnd = :provenEnd", IS_OPEN, values);
  }

  @Override
  public boolean takePass(LayerId id, PassId pass, Instant now) {
    return table.update(
        Key.upload(id),
        "SET #pass = :pass, #passEnds = :ends",
        IS_OPEN + " AND (attribute_not_exists(#pass) OR #pass = :pass OR #passEnds < :now)",
        Map.of(
            ":open", Item.value(State.OPEN.name()),
            ":pass", Item.value(pass.value()),
            ":ends", Item.value(now.plus(PASS).toEpochMilli()),
            ":now", Item.value(now.toEpochMilli())));
  }

  @Override
  public void givePass(LayerId id, PassId pass) {
    table.update(
        Key.upload(id),
        "REMOVE #pass, #passEnds",
        "#pass = :pass",
        Map.of(":pass", Item.value(pass.value())));
  }

  @Override
  public boolean end(LayerId id) {
    return table.update(Key.upload(id), SET_STATE, "#state IN (:open, :next)", openTo(State.ENDED));
  }

  @Override
  public void reject(LayerId id, Rejection rejection) {
    rejected.note(id, rejection);
  }

  @Override
  public Set<Integer> forgive(LayerId id, Collection<Integer> indexes) {
    return rejected.forget(id, indexes);
  }

  @Override
  public Set<Integer> claim(LayerId id, Collection<Integer> indexes, Instant now) {
    return claims.claim(id, indexes, now);
  }

  @Override
  public void unclaim(LayerId id, Collection<Integer> indexes, Instant now) {
    claims.unclaim(id, indexes, now);
  }

  @Override
  public List<Rejection> rejections(LayerId id) {
    return rejected.of(id);
  }

  @Override
  public Page<Upload> expired(Instant before, Optional<String> cursor, int limit) {
    return table
        .pageIndex(UPLOADS, Item.sortable(before), Optional.empty(), cursor, limit)
        .map(item -> UploadItem.read(Key.idOfUpload(item), item));
  }

  @Override
  public void settle(LayerId id) {
    if (find(id).filter(upload -> upload.state() == State.COMMITTED).isEmpty()) {
      return;
    }
    // First the rest, while the upload is still found.
    forgetRest(id);
    table.update(
        Key.upload(id),
        "REMOVE IPK, ISK",
        "#state = :committed",
        Map.of(":committed", Item.value(State.COMMITTED.name())));
  }

  @Override
  public boolean remove(LayerId id) {
    // An upload that has ended stays so: what is seen here holds when it is removed.
    if (find(id).filter(upload -> upload.state() != State.ENDED).isPresent()) {
      return false;
    }
    forgetRest(id);
    table.delete(List.of(Key.upload(id)));
    return true;
  }

  /** What is in the upload's partition beside itself: what was rejected, pieces, states. */
  private void forgetRest(LayerId id) {
    Key upload = Key.upload(id);
    List<Item> page;
    do {
      page = table.query(upload.partition(), Key.FIRST, Key.LAST, PAGE);
      table.delete(page.stream().map(Key::of).filter(key -> !key.equals(upload)).toList());
    } while (page.size() == PAGE);
  }

  /** Ends a committed upload as its layer is collected. */
  static Transaction condemning(Transaction transaction, LayerId id, Instant expired) {
    return transaction.update(
        Key.upload(id),
        "SET #state = :ended, #expires = :expired, IPK = :uploads, ISK = :expired",
        "#state = :committed",
        Map.of(
            ":ended", Item.value(State.ENDED.name()),
            ":committed", Item.value(State.COMMITTED.name()),
            ":uploads", Item.value(UPLOADS),
            ":expired", Item.value(expired)));
  }

  /** Values for a step from open to another state. */
  static Map<String, AttributeValue> openTo(State next) {
    return whileOpen(":next", Item.value(next.name()));
  }

  private static Map<String, AttributeValue> whileOpen(String name, AttributeValue value) {
    return Map.of(":open", Item.value(State.OPEN.name()), name, value);
  }
}
