package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.LayerIndex.Commit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Makes layers visible, each by one transaction with the end of its upload: as the first of its
 * digest, in the place of a damaged one, as what it repaired, or joined to the one that was first.
 */
final class LayerCommits {
  /** What a layer that takes the place of a damaged one brings with it. */
  private static final List<String> REPLACED =
      List.of("layer", "size", "shardSize", "shards", "servers", "committed", "used", "ISK", "end");

  private final Table table;
  private final LayerLinks links;
  private final NamedThings things;

  LayerCommits(Table table) {
    this.table = table;
    this.links = new LayerLinks(table);
    this.things = new NamedThings(table);
  }

  /** As {@link LayerIndex#commit}. */
  Commit commit(Upload upload, Layer layer) {
    Backoff backoff = new Backoff();
    do {
      boolean isRepair = upload.repairs().isPresent();
      if (!isRepair && (isFirst(upload, layer) || replaced(upload, layer))) {
        return Commit.COMMITTED;
      }
      if (isRepair && repaired(upload, layer)) {
        return Commit.ALREADY_STORED;
      }
      if (things.touchLayer(layer.digest(), layer.used())) {
        boolean isClosed =
            LayerLinks.link(close(upload, State.ENDED), upload.image(), layer.digest())
                .commit()
                .isEmpty();
        return isClosed ? Commit.ALREADY_STORED : closed(upload, layer);
      }
      if (isRepair) {
        // What it repaired has been collected.
        return isOpen(upload) ? Commit.NOT_OPEN : closed(upload, layer);
      }
      if (!isOpen(upload)) {
        return closed(upload, layer);
      }
      // The layer that was in the way has been collected since.
    } while (backoff.again());
    throw busy(layer.digest());
  }

  private boolean isOpen(Upload upload) {
    return table
        .get(Key.upload(upload.id()))
        .filter(item -> item.text("state").equals(State.OPEN.name()))
        .isPresent();
  }

  private static Unavailable busy(Digest digest) {
    return new Unavailable(
        "DynamoDB", new IllegalStateException("layer " + digest + " is changed by too many"));
  }

  private boolean isFirst(Upload upload, Layer layer) {
    Transaction first = close(upload, State.COMMITTED).putNew(LayerItem.of(layer));
    return LayerLinks.link(first, upload.image(), layer.digest()).commit().isEmpty();
  }

  /** Whether the layer has taken the place of a damaged one. */
  private boolean replaced(Upload upload, Layer layer) {
    Optional<Layer> damaged = find(layer.digest()).filter(Layer::isDamaged);
    if (damaged.isEmpty()) {
      return false;
    }
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":was", Item.value(damaged.get().id().value()));
    values.putAll(NamedThings.values());
    Map<String, AttributeValue> attributes = LayerItem.of(layer).attributes();
    String set =
        REPLACED.stream()
            .filter(attributes::containsKey)
            .peek(name -> values.put(":" + name, attributes.get(name)))
            .map(name -> "#" + name + " = :" + name)
            .collect(Collectors.joining(", ", "SET " + NamedThings.TOUCH + ", ", ""));
    Transaction replacing =
        close(upload, State.COMMITTED)
            .update(
                Key.layer(layer.digest()),
                set + " REMOVE #damaged, #verified, #claimant, #claimed",
                "#layer = :was AND attribute_exists(#damaged)",
                values);
    LayerLinks.link(replacing, upload.image(), layer.digest());
    return DynamoUploadIndex.condemning(replacing, damaged.get().id(), layer.committed())
        .commit()
        .isEmpty();
  }

  /** Whether the upload has joined the layer that it repaired, whose shards it may have moved. */
  private boolean repaired(Upload upload, Layer layer) {
    Map<String, AttributeValue> values = new HashMap<>(NamedThings.values());
    values.put(":now", Item.value(layer.used()));
    values.put(":servers", LayerItem.of(layer).get("servers"));
    values.put(":layer", Item.value(upload.layer().value()));
    Transaction joining =
        close(upload, State.ENDED)
            .update(
                Key.layer(layer.digest()),
                "SET #used = :now, #servers = :servers, " + NamedThings.TOUCH,
                DynamoLayerIndex.IS_LAYER,
                values);
    return LayerLinks.link(joining, upload.image(), layer.digest()).commit().isEmpty();
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
    return ended && links.areThere(upload.image(), layer.digest())
        ? Commit.ALREADY_STORED
        : Commit.NOT_OPEN;
  }

  private Optional<Layer> find(Digest digest) {
    return table.get(Key.layer(digest)).map(item -> LayerItem.read(digest, item));
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
}
