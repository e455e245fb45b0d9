package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Layers in DynamoDB. All are in the secondary index under {@code LAYERS} by the time when they
 * were last verified, or else committed; links are there under their layer, by image.
 */
public final class DynamoLayerIndex implements LayerIndex {
  private static final int UPLOAD_STEP = 0;

  /** What a layer that takes the place of a damaged one brings with it. */
  private static final List<String> REPLACED =
      List.of("layer", "size", "shardSize", "shards", "servers", "committed", "used", "ISK", "end");

  static final String LAYERS = "LAYERS";
  private static final String UNUSED = "#references = :none AND #used < :cutoff";

  /** One step of the transaction that removes links is for the layer. */
  private static final int MOST_LINKS = Transaction.MOST_STEPS - 1;

  private static final String DAMAGED = "#damaged :shards";
  private static final String IS_LAYER = "#layer = :layer";

  private final Table table;

  DynamoLayerIndex(Table table) {
    this.table = table;
  }

  @Override
  public Optional<Layer> find(Digest digest) {
    return table.get(Key.layer(digest)).map(item -> LayerItem.read(digest, item));
  }

  @Override
  public Optional<Layer> find(RepositoryName image, Digest digest) {
    Key key = Key.layer(digest);
    List<Item> both = table.getAll(List.of(Key.link(image, digest), key));
    return both.stream()
        .filter(item -> both.size() == 2 && Key.of(item).equals(key))
        .findFirst()
        .map(item -> LayerItem.read(digest, item));
  }

  @Override
  public List<RepositoryName> imagesOf(Digest digest, int limit) {
    return table.queryIndex(Key.layer(digest).partition(), Key.FIRST, Key.LAST, limit).stream()
        .map(item -> new RepositoryName(item.text("ISK")))
        .toList();
  }

  @Override
  public boolean link(RepositoryName image, Digest digest, Instant now) {
    return linking(table.transaction(), image, digest, now).commit().isEmpty();
  }

  @Override
  public Unlink unlink(RepositoryName image, Digest digest) {
    if (!isLinked(image, digest)) {
      return Unlink.NOT_LINKED;
    }
    boolean isGone =
        table
            .transaction()
            .delete(
                Key.link(image, digest),
                "attribute_not_exists(#manifests) OR #manifests = :none",
                Map.of(":none", Item.value(0)))
            .commit()
            .isEmpty();
    return isGone ? Unlink.UNLINKED : Unlink.IN_USE;
  }

  @Override
  public Commit commit(Upload upload, Layer layer) {
    Backoff backoff = new Backoff();
    do {
      boolean isRepair = upload.repairs().isPresent();
      if (!isRepair && (isFirst(upload, layer) || replaced(upload, layer))) {
        return Commit.COMMITTED;
      }
      if (isRepair && repaired(upload, layer)) {
        return Commit.ALREADY_STORED;
      }
      Set<Integer> refused =
          linking(close(upload, State.ENDED), upload.image(), layer.digest(), layer.used())
              .commit();
      if (refused.isEmpty()) {
        return Commit.ALREADY_STORED;
      }
      if (refused.contains(UPLOAD_STEP)) {
        return closed(upload, layer);
      }
      if (isRepair) {
        return Commit.NOT_OPEN; // What it repaired has been collected.
      }
      // The layer that was in the way has been collected since.
    } while (backoff.again());
    throw new Unavailable(
        "DynamoDB", new IllegalStateException("layer " + layer.digest() + " comes and goes"));
  }

  private boolean isFirst(Upload upload, Layer layer) {
    Transaction first = close(upload, State.COMMITTED).putNew(LayerItem.of(layer));
    return link(first, upload.image(), layer.digest()).commit().isEmpty();
  }

  /** Whether the layer has taken the place of a damaged one. */
  private boolean replaced(Upload upload, Layer layer) {
    Optional<Layer> damaged = find(layer.digest()).filter(Layer::isDamaged);
    if (damaged.isEmpty()) {
      return false;
    }
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":was", Item.value(damaged.get().id().value()));
    Map<String, AttributeValue> attributes = LayerItem.of(layer).attributes();
    String set =
        REPLACED.stream()
            .filter(attributes::containsKey)
            .peek(name -> values.put(":" + name, attributes.get(name)))
            .map(name -> "#" + name + " = :" + name)
            .collect(Collectors.joining(", ", "SET ", ""));
    Transaction replacing =
        close(upload, State.COMMITTED)
            .update(
                Key.layer(layer.digest()),
                set + " REMOVE #damaged, #verified, #claimant, #claimed",
                "#layer = :was AND attribute_exists(#damaged)",
                values);
    link(replacing, upload.image(), layer.digest());
    return DynamoUploadIndex.condemning(replacing, damaged.get().id(), layer.committed())
        .commit()
        .isEmpty();
  }

  /** Whether the upload has joined the layer that it repaired, whose shards it may have moved. */
  private boolean repaired(Upload upload, Layer layer) {
    Map<String, AttributeValue> values =
        Map.of(
            ":now", Item.value(layer.used()),
            ":servers", LayerItem.of(layer).get("servers"),
            ":layer", Item.value(upload.layer().value()));
    Transaction joining =
        close(upload, State.ENDED)
            .update(
                Key.layer(layer.digest()),
                "SET #used = :now, #servers = :servers",
                IS_LAYER,
                values);
    return link(joining, upload.image(), layer.digest()).commit().isEmpty();
  }

  /** How the upload had been closed before. */
  private Commit closed(Upload upload, Layer layer) {
    if (find(layer.digest()).map(Layer::id).equals(Optional.of(upload.id()))) {
      return Commit.COMMITTED;
    }
    boolean ended =
        table
            .get(Key.upload(upload.id()))
            .map(item -> item.text("state").equals(State.ENDED.name()))
            .orElse(false);
    return ended && isLinked(upload.image(), layer.digest())
        ? Commit.ALREADY_STORED
        : Commit.NOT_OPEN;
  }

  @Override
  public Page<Layer> unreferenced(Instant cutoff, Optional<String> cursor, int limit) {
    Table.Filter unused = new Table.Filter(UNUSED, unusedSince(cutoff));
    return table
        .pageIndex(LAYERS, Key.LAST, Optional.of(unused), cursor, limit)
        .map(item -> LayerItem.read(Key.digestOfLayer(item), item));
  }

  @Override
  public boolean condemn(Layer layer, Instant cutoff) {
    Map<String, AttributeValue> values = new HashMap<>(unusedSince(cutoff));
    values.put(":layer", Item.value(layer.id().value()));
    return DynamoUploadIndex.condemning(table.transaction(), layer.id(), cutoff)
        .delete(Key.layer(layer.digest()), UNUSED + " AND #layer = :layer", values)
        .commit()
        .isEmpty();
  }

  private static Map<String, AttributeValue> unusedSince(Instant cutoff) {
    return Map.of(":none", Item.value(0), ":cutoff", Item.value(cutoff));
  }

  @Override
  public void forgetLinks(Digest digest) {
    Optional<String> cursor = Optional.empty();
    do {
      Page<Item> links =
          table.pageIndex(
              Key.layer(digest).partition(), Key.LAST, Optional.empty(), cursor, MOST_LINKS);
      Transaction transaction = table.transaction().requireAbsent(Key.layer(digest));
      links.items().forEach(link -> transaction.delete(Key.of(link)));
      if (!links.items().isEmpty() && !transaction.commit().isEmpty()) {
        return; // The layer is stored again, and the links are its own.
      }
      cursor = links.next();
    } while (cursor.isPresent());
  }

  @Override
  public List<Due> due(Instant before, Optional<String> after, int limit) {
    return table
        .pageIndex(LAYERS, Item.sortable(before), Optional.empty(), after, limit)
        .items()
        .stream()
        .map(item -> new Due(LayerItem.read(Key.digestOfLayer(item), item), Cursor.of(item)))
        .toList();
  }

  @Override
  public List<Digest> layersOf(RepositoryName image, Optional<Digest> last, int limit) {
    String from = last.map(digest -> Key.link(image, digest).sort() + Key.FIRST).orElse(Key.LINKS);
    return table.query(Key.image(image).partition(), from, Key.LINKS + Key.LAST, limit).stream()
        .map(item -> Digest.parse(item.text("SK").substring(Key.LINKS.length())))
        .toList();
  }

  @Override
  public boolean damage(Digest digest, LayerId id, Collection<Integer> shards) {
    return table
        .transaction()
        .update(Key.layer(digest), "ADD " + DAMAGED, IS_LAYER, damaged(id, shards))
        .delete(Key.assembly(id))
        .commit()
        .isEmpty();
  }

  @Override
  public void repaired(Digest digest, LayerId id, int shard) {
    table.update(Key.layer(digest), "DELETE " + DAMAGED, IS_LAYER, damaged(id, List.of(shard)));
  }

  private static Map<String, AttributeValue> damaged(LayerId id, Collection<Integer> shards) {
    return Map.of(":shards", Item.numbers(shards), ":layer", Item.value(id.value()));
  }

  private Transaction close(Upload upload, State next) {
    return table
        .transaction()
        .update(
            Key.upload(upload.id()),
            DynamoUploadIndex.SET_STATE,
            DynamoUploadIndex.IS_OPEN,
            DynamoUploadIndex.openTo(next));
  }

  private static Transaction linking(
      Transaction transaction, RepositoryName image, Digest digest, Instant now) {
    return link(
        transaction.update(
            Key.layer(digest), "SET #used = :now", Table.PRESENT, Map.of(":now", Item.value(now))),
        image,
        digest);
  }

  /** What is counted on a link that is there already stays. */
  private static Transaction link(Transaction transaction, RepositoryName image, Digest digest) {
    return transaction.set(
        Key.link(image, digest),
        "SET #IPK = :layer, #ISK = :image",
        Map.of(
            ":layer", Item.value(Key.layer(digest).partition()),
            ":image", Item.value(image.value())));
  }
}
