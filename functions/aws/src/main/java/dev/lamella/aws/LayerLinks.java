package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.port.LayerIndex.Unlink;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Which images may read a layer: an item each, in the secondary index under the layer. */
final class LayerLinks {
  private static final String SET = "SET #IPK = :layer, #ISK = :image";

  /** One step of the transaction that removes links is for the layer. */
  private static final int MOST_REMOVED = Transaction.MOST_STEPS - 1;

  private final Table table;
  private final Edges edges;

  LayerLinks(Table table) {
    this.table = table;
    this.edges = new Edges(table);
  }

  /** A step that links a layer. */
  static Transaction link(Transaction transaction, RepositoryName image, Digest digest) {
    return transaction.set(Key.link(image, digest), SET, values(image, digest));
  }

  /** Links a layer, which has been touched: so it is not collected before. */
  void link(RepositoryName image, Digest digest) {
    table.set(Key.link(image, digest), SET, values(image, digest));
  }

  private static Map<String, AttributeValue> values(RepositoryName image, Digest digest) {
    return Map.of(
        ":layer", Item.value(Key.layer(digest).partition()),
        ":image", Item.value(image.value()));
  }

  /**
   * Removes a link, under the condition that the layer was not touched since its edges were read.
   *
   * @param since a put that began then, or later, may still be at work
   */
  Unlink unlink(RepositoryName image, Digest digest, Instant since) {
    Key link = Key.link(image, digest);
    Backoff backoff = new Backoff();
    do {
      Optional<Item> layer = table.get(Key.layer(digest));
      if (layer.isEmpty() || !table.has(link)) {
        return Unlink.NOT_LINKED;
      }
      if (edges.leadTo(digest, image, since)) {
        return Unlink.IN_USE;
      }
      boolean isGone =
          table
              .transaction()
              .delete(link)
              .require(Key.layer(digest), LayerItem.UNTOUCHED, LayerItem.untouched(layer.get()))
              .commit()
              .isEmpty();
      if (isGone) {
        return Unlink.UNLINKED;
      }
    } while (backoff.again());
    throw new Unavailable(
        "DynamoDB", new IllegalStateException("layer " + digest + " is used by too many at once"));
  }

  /** Whether manifests of the image name an external layer that it has not. */
  boolean isAwaited(RepositoryName image, Digest digest) {
    return !areThere(image, digest) && edges.areThere(digest, image);
  }

  /** Images in order of name after {@code last}, at most {@code limit}; may lag. */
  List<RepositoryName> imagesOf(
      Digest digest, String prefix, Optional<RepositoryName> last, int limit) {
    String all = prefix.isEmpty() ? Key.FIRST : prefix;
    String from = last.map(image -> image + Key.FIRST).orElse(all);
    return table.queryIndex(Key.layer(digest).partition(), from, prefix + Key.LAST, limit).stream()
        .map(item -> new RepositoryName(item.text("ISK")))
        .toList();
  }

  /** Whether the image may read the layer, which is stored. */
  boolean areThere(RepositoryName image, Digest digest) {
    return table.has(Key.link(image, digest)) && table.has(Key.layer(digest));
  }

  /** Digests after {@code last}, at most {@code limit}. */
  List<Digest> of(RepositoryName image, Optional<Digest> last, int limit) {
    String from = last.map(digest -> Key.link(image, digest).sort() + Key.FIRST).orElse(Key.LINKS);
    return table.query(Key.image(image).partition(), from, Key.LINKS + Key.LAST, limit).stream()
        .map(item -> Digest.parse(item.text("SK").substring(Key.LINKS.length())))
        .toList();
  }

  /** Removes the links of all images to a layer, for as long as it is not stored. */
  void forget(Digest digest) {
    Optional<String> cursor = Optional.empty();
    do {
      Page<Item> page =
          table.pageIndex(
              Key.layer(digest).partition(), Key.LAST, Optional.empty(), cursor, MOST_REMOVED);
      Transaction removal = table.transaction().requireAbsent(Key.layer(digest));
      page.items().forEach(link -> removal.delete(Key.of(link)));
      if (!removal.commit().isEmpty()) {
        return; // The layer is stored again, and the links are its own.
      }
      cursor = page.next();
    } while (cursor.isPresent());
  }
}
