package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Uploads in DynamoDB. All are in the secondary index under {@code UPLOADS} by the time when they
 * expire, so that what is left of them can be found.
 */
public final class DynamoUploadIndex implements UploadIndex {
  static final String SET_STATE = "SET #state = :next";
  private static final String UPLOADS = "UPLOADS";
  static final String IS_OPEN = "#state = :open";

  private final Table table;

  DynamoUploadIndex(Table table) {
    this.table = table;
  }

  @Override
  public void create(Upload upload) {
    Item item = item(upload);
    if (!table.putNew(item) && !find(upload.id()).equals(Optional.of(upload))) {
      throw new IllegalStateException("upload " + upload.id() + " exists already");
    }
  }

  @Override
  public Optional<Upload> find(LayerId id) {
    return table.get(Key.upload(id)).map(item -> upload(id, item));
  }

  @Override
  public void markChained(LayerId id) {
    table.update(Key.upload(id), "SET #chained = :yes", IS_OPEN, whileOpen(":yes", Item.value(1)));
  }

  @Override
  public void prove(LayerId id, Digest digest) {
    table.update(
        Key.upload(id),
        "SET #proven = :digest",
        IS_OPEN,
        whileOpen(":digest", Item.value(digest.toString())));
  }

  @Override
  public boolean end(LayerId id) {
    return table.update(Key.upload(id), SET_STATE, "#state IN (:open, :next)", openTo(State.ENDED));
  }

  @Override
  public void reject(LayerId id, Rejection rejection) {
    table.put(
        Item.at(Key.part(id, rejection.index()))
            .with("index", rejection.index())
            .with("reason", rejection.reason().name()));
  }

  @Override
  public void forgive(LayerId id, Collection<Integer> indexes) {
    table.delete(indexes.stream().map(index -> Key.part(id, index)).toList());
  }

  @Override
  public List<Rejection> rejections(LayerId id) {
    return table
        .query(Key.upload(id).partition(), Key.PARTS, Key.PARTS + Key.LAST, Slicing.MOST_SHARDS)
        .stream()
        .map(
            item ->
                new Rejection(
                    (int) item.number("index"), Rejection.Reason.valueOf(item.text("reason"))))
        .toList();
  }

  @Override
  public Page<Upload> expired(Instant before, Optional<String> cursor, int limit) {
    return table
        .pageIndex(UPLOADS, Item.sortable(before), Optional.empty(), cursor, limit)
        .map(item -> upload(Key.idOfUpload(item), item));
  }

  @Override
  public void settle(LayerId id) {
    forgetRejections(id);
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
    forgetRejections(id);
    table.delete(List.of(Key.upload(id)));
    return true;
  }

  private void forgetRejections(LayerId id) {
    forgive(id, rejections(id).stream().map(Rejection::index).toList());
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

  private static Item item(Upload upload) {
    Item item =
        Item.at(Key.upload(upload.id()))
            .indexed(UPLOADS, Item.sortable(upload.expires()))
            .with("image", upload.image().value())
            .with("digest", upload.digest().toString())
            .with("size", upload.slicing().size())
            .with("shardSize", upload.slicing().shardSize())
            .with("state", upload.state().name())
            .with("created", upload.created())
            .with("expires", upload.expires());
    if (upload.chained()) {
      item.with("chained", 1);
    }
    upload.proven().ifPresent(digest -> item.with("proven", digest.toString()));
    return item;
  }

  private static Upload upload(LayerId id, Item item) {
    return new Upload(
        id,
        new RepositoryName(item.text("image")),
        Digest.parse(item.text("digest")),
        new Slicing(item.number("size"), (int) item.number("shardSize")),
        State.valueOf(item.text("state")),
        item.time("created"),
        item.time("expires"),
        item.has("chained"),
        item.find("proven").map(Digest::parse));
  }
}
