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

  /** After the step of the upload, if there is one. */
  private static final int LAYER_STEP = 1;

  /** What a layer that takes the place of a damaged one brings with it. */
  private static final List<String> REPLACED =
      List.of("layer", "size", "shardSize", "shards", "servers", "committed", "used", "ISK", "end");

  static final String LAYERS = "LAYERS";
  private static final String UNUSED = "#references = :none AND #used < :cutoff";

  /** What manifests of the image that is linked named before. */
  private static final String COUNT_AWAITING = "#references = #references + :awaiting";

  private static final String DAMAGED = "#damaged :shards";
  private static final String IS_LAYER = "#layer = :layer";

  private final Table table;
  private final LayerLinks links;

  DynamoLayerIndex(Table table) {
    this.table = table;
    this.links = new LayerLinks(table);
  }

  @Override
  public Optional<Layer> find(Digest digest) {
    return table.get(Key.layer(digest)).map(item -> LayerItem.read(digest, item));
  }

  @Override
  public Optional<Layer> find(RepositoryName image, Digest digest) {
    Key key = Key.layer(digest);
    Key link = Key.link(image, digest);
    List<Item> both = table.getAll(List.of(link, key));
    boolean isLinked =
        LayerLinks.isLink(both.stream().filter(item -> Key.of(item).equals(link)).findFirst());
    return both.stream()
        .filter(item -> isLinked && Key.of(item).equals(key))
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
    Backoff backoff = new Backoff();
    long awaiting = 0;
    do {
      Set<Integer> refused = linking(table.transaction(), image, digest, now, awaiting).commit();
      if (refused.isEmpty() || refused.contains(0)) {
        return refused.isEmpty();
      }
      awaiting = links.awaiting(image, digest);
    } while (backoff.again());
    throw busy(digest);
  }

  @Override
  public boolean isAwaited(RepositoryName image, Digest digest) {
    return links.awaiting(image, digest) > 0;
  }

  @Override
  public boolean awaitsAny(RepositoryName image) {
    return links.awaitsAny(image);
  }

  @Override
  public Unlink unlink(RepositoryName image, Digest digest) {
    if (!isLinked(image, digest)) {
      return Unlink.NOT_LINKED;
    }
    return links.unlink(image, digest);
  }

  @Override
  public Commit commit(Upload upload, Layer layer) {
    Backoff backoff = new Backoff();
    long awaiting = 0;
    do {
      boolean isRepair = upload.repairs().isPresent();
      if (!isRepair && (isFirst(upload, layer, awaiting) || replaced(upload, layer, awaiting))) {
        return Commit.COMMITTED;
      }
      if (isRepair && repaired(upload, layer, awaiting)) {
        return Commit.ALREADY_STORED;
      }
      Set<Integer> refused =
          linking(
                  close(upload, State.ENDED),
                  upload.image(),
                  layer.digest(),
                  layer.used(),
                  awaiting)
              .commit();
      if (refused.isEmpty()) {
        return Commit.ALREADY_STORED;
      }
      if (refused.contains(UPLOAD_STEP)) {
        return closed(upload, layer);
      }
      if (isRepair && refused.contains(LAYER_STEP)) {
        return Commit.NOT_OPEN; // What it repaired has been collected.
      }
      // The layer that was in the way has been collected since, or manifests name the layer.
      awaiting = links.awaiting(upload.image(), layer.digest());
    } while (backoff.again());
    throw busy(layer.digest());
  }

  private static Unavailable busy(Digest digest) {
    return new Unavailable(
        "DynamoDB", new IllegalStateException("layer " + digest + " is changed by too many"));
  }

  private boolean isFirst(Upload upload, Layer layer, long awaiting) {
    Layer named = layer.used(layer.used(), Math.toIntExact(awaiting));
    Transaction first = close(upload, State.COMMITTED).putNew(LayerItem.of(named));
    return LayerLinks.link(first, upload.image(), layer.digest(), awaiting).commit().isEmpty();
  }

  /** Whether the layer has taken the place of a damaged one. */
  private boolean replaced(Upload upload, Layer layer, long awaiting) {
    Optional<Layer> damaged = find(layer.digest()).filter(Layer::isDamaged);
    if (damaged.isEmpty()) {
      return false;
    }
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":was", Item.value(damaged.get().id().value()));
    values.put(":awaiting", Item.value(awaiting));
    Map<String, AttributeValue> attributes = LayerItem.of(layer).attributes();
    String set =
        REPLACED.stream()
            .filter(attributes::containsKey)
            .peek(name -> values.put(":" + name, attributes.get(name)))
            .map(name -> "#" + name + " = :" + name)
            .collect(Collectors.joining(", ", "SET " + COUNT_AWAITING + ", ", ""));
    Transaction replacing =
        close(upload, State.COMMITTED)
            .update(
                Key.layer(layer.digest()),
                set + " REMOVE #damaged, #verified, #claimant, #claimed",
                "#layer = :was AND attribute_exists(#damaged)",
                values);
    LayerLinks.link(replacing, upload.image(), layer.digest(), awaiting);
    return DynamoUploadIndex.condemning(replacing, damaged.get().id(), layer.committed())
        .commit()
        .isEmpty();
  }

  /** Whether the upload has joined the layer that it repaired, whose shards it may have moved. */
  private boolean repaired(Upload upload, Layer layer, long awaiting) {
    Map<String, AttributeValue> values =
        Map.of(
            ":now", Item.value(layer.used()),
            ":servers", LayerItem.of(layer).get("servers"),
            ":awaiting", Item.value(awaiting),
            ":layer", Item.value(upload.layer().value()));
    Transaction joining =
        close(upload, State.ENDED)
            .update(
                Key.layer(layer.digest()),
                "SET #used = :now, #servers = :servers, " + COUNT_AWAITING,
                IS_LAYER,
                values);
    return LayerLinks.link(joining, upload.image(), layer.digest(), awaiting).commit().isEmpty();
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
    links.forget(digest);
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
    return links.of(image, last, limit);
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
      Transaction transaction, RepositoryName image, Digest digest, Instant now, long awaiting) {
    transaction.update(
        Key.layer(digest),
        "SET #used = :now, " + COUNT_AWAITING,
        Table.PRESENT,
        Map.of(":now", Item.value(now), ":awaiting", Item.value(awaiting)));
    return LayerLinks.link(transaction, image, digest, awaiting);
  }
}
