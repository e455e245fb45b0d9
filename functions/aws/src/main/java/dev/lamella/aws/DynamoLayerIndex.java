package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Layers in DynamoDB. All are in the secondary index under {@code LAYERS} by the time when they
 * were last verified, or else committed; links are there under their layer, by image.
 */
public final class DynamoLayerIndex implements LayerIndex {
  static final String LAYERS = "LAYERS";

  /** Layers at a time whose edges are read. */
  private static final int WIDTH = 32;

  private static final String DAMAGED = "#damaged :shards";
  static final String IS_LAYER = "#layer = :layer";

  private final Table table;
  private final ImageEntries images;
  private final LayerLinks links;
  private final Edges edges;
  private final NamedThings things;
  private final LayerCommits commits;

  DynamoLayerIndex(Table table) {
    this.table = table;
    this.images = new ImageEntries(table);
    this.links = new LayerLinks(table);
    this.edges = new Edges(table);
    this.things = new NamedThings(table);
    this.commits = new LayerCommits(table);
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
  public List<RepositoryName> imagesOf(
      Digest digest, String prefix, Optional<RepositoryName> last, int limit) {
    return links.imagesOf(digest, prefix, last, limit);
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
    return commits.commit(upload, layer);
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
    Transaction noting = table.transaction();
    if (shards.isEmpty()) {
      noting.require(Key.layer(digest), IS_LAYER, Map.of(":layer", Item.value(id.value())));
    } else {
      noting.update(Key.layer(digest), "ADD " + DAMAGED, IS_LAYER, damaged(id, shards));
    }
    return noting.delete(Key.assembly(id)).commit().isEmpty();
  }

  @Override
  public void repaired(Digest digest, LayerId id, int shard) {
    table.update(Key.layer(digest), "DELETE " + DAMAGED, IS_LAYER, damaged(id, List.of(shard)));
  }

  private static Map<String, AttributeValue> damaged(LayerId id, Collection<Integer> shards) {
    return Map.of(":shards", Item.numbers(shards), ":layer", Item.value(id.value()));
  }
}
