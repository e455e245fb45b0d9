package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Layers in DynamoDB. All are in the secondary index under {@code LAYERS} by the time when they
 * were last verified, or else committed; links are there under their layer, by image.
 */
public final class DynamoLayerIndex implements LayerIndex {
  /** What a layer that takes the place of a damaged one brings with it. */
  private static final List<String> REPLACED =
      List.of("layer", "size", "shardSize", "shards", "servers", "committed", "used", "ISK", "end");

  static final String LAYERS = "LAYERS";

  /** Layers at a time whose edges are read. */
  private static final int WIDTH = 32;

  private static final String DAMAGED = "#damaged :shards";
  private static final String IS_LAYER = "#layer = :layer";

  private final Table table;
  private final ImageEntries images;
  private final LayerLinks links;
  private final Edges edges;
  private final NamedThings things;

  DynamoLayerIndex(Table table) {
    this.table = table;
    this.images = new ImageEntries(table);
    this.links = new LayerLinks(table);
    this.edges = new Edges(table);
    this.things = new NamedThings(table);
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
    boolean isLinked = both.stream().anyMatch(item -> Key.of(item).equals(link));
    return both.stream()
        .filter(item -> isLinked && Key.of(item).equals(key))
        .findFirst()
        .map(item -> LayerItem.read(digest, item));
  }

  @Override
  public List<RepositoryName> imagesOf(Digest digest, Optional<RepositoryName> last, int limit) {
    String from = last.map(image -> image + Key.FIRST).orElse(Key.FIRST);
    return table.queryIndex(Key.layer(digest).partition(), from, Key.LAST, limit).stream()
        .map(item -> new RepositoryName(item.text("ISK")))
        .toList();
  }

  @Override
  public boolean link(RepositoryName image, Digest digest, Instant now) {
    boolean isStored = things.touchLayer(digest, now);
    if (isStored) {
      links.link(image, digest);
    }
    return isStored;
  }

  @Override
  public boolean isAwaited(RepositoryName image, Digest digest) {
    return links.isAwaited(image, digest);
  }

  @Override
  public boolean mayAwait(RepositoryName image) {
    return images.mayAwait(image);
  }

  @Override
  public Unlink unlink(RepositoryName image, Digest digest, Instant now) {
    return links.unlink(image, digest, now.minus(ImageIndex.LONGEST_PUT));
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
                IS_LAYER,
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
    return ended && isLinked(upload.image(), layer.digest())
        ? Commit.ALREADY_STORED
        : Commit.NOT_OPEN;
  }

  @Override
  public Page<Layer> unreferenced(Instant cutoff, Optional<String> cursor, int limit) {
    Table.Filter unused =
        new Table.Filter("#used < :cutoff", Map.of(":cutoff", Item.value(cutoff)));
    Page<Layer> page =
        table
            .pageIndex(LAYERS, Key.LAST, Optional.of(unused), cursor, limit)
            .map(item -> LayerItem.read(Key.digestOfLayer(item), item));
    List<Boolean> named =
        Parallel.map(page.items(), WIDTH, layer -> isNamed(layer.digest(), cutoff));
    return new Page<>(
        IntStream.range(0, named.size())
            .filter(i -> !named.get(i))
            .mapToObj(page.items()::get)
            .toList(),
        page.next());
  }

  @Override
  public boolean isNamed(Digest digest, Instant since) {
    return edges.leadTo(digest, since);
  }

  @Override
  public boolean condemn(Layer layer, Instant cutoff) {
    Key key = Key.layer(layer.digest());
    Optional<Item> unused =
        table
            .get(key)
            .filter(item -> item.text("layer").equals(layer.id().value()))
            .filter(item -> item.time("used").isBefore(cutoff));
    if (unused.isEmpty() || isNamed(layer.digest(), cutoff)) {
      return false;
    }
    return DynamoUploadIndex.condemning(table.transaction(), layer.id(), cutoff)
        .delete(key, LayerItem.UNTOUCHED, LayerItem.untouched(unused.get()))
        .commit()
        .isEmpty();
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
}
