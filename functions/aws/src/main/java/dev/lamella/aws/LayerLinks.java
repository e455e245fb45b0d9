package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.LayerIndex.Unlink;
import dev.lamella.core.port.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Which images may read a layer: an item each, in the secondary index under the layer. It counts
 * the image's manifests that name the layer.
 *
 * <p>An image's manifests may name an external layer before the image has it. Then the item has the
 * count alone and is in no index: it is no link. Whoever links the layer makes it one, and adds
 * what it counts to the layer's references, in one transaction.
 */
final class LayerLinks {
  /** Condition of a write: the item is a link. */
  static final String LINKED = "attribute_exists(#IPK)";

  private static final String NOT_LINKED = "attribute_not_exists(#IPK)";
  private static final String NAMED_BY_NONE =
      "attribute_not_exists(#manifests) OR #manifests = :none";

  private static final Map<String, AttributeValue> NONE = Map.of(":none", Item.value(0));

  private static final int LAYER_STEP = 0;

  /** One step of the transaction that removes links is for the layer. */
  private static final int MOST_REMOVED = Transaction.MOST_STEPS - 1;

  private final Table table;

  LayerLinks(Table table) {
    this.table = table;
  }

  static boolean isLink(Optional<Item> item) {
    return item.filter(found -> found.has("IPK")).isPresent();
  }

  /** How many manifests of the image name the layer that it has not. */
  long awaiting(RepositoryName image, Digest digest) {
    return table
        .get(Key.link(image, digest))
        .filter(item -> !item.has("IPK") && item.has("manifests"))
        .map(item -> item.number("manifests"))
        .orElse(0L);
  }

  /** Whether manifests of the image name any layer that it has not. */
  boolean awaitsAny(RepositoryName image) {
    Table.Filter awaiting = new Table.Filter(NOT_LINKED + " AND #manifests > :none", NONE);
    return !table
        .query(Key.image(image).partition(), Key.LINKS, Key.LINKS + Key.LAST, awaiting, 1)
        .isEmpty();
  }

  /**
   * A step that links a layer. What is counted on a link that is there already stays.
   *
   * @param awaiting as {@link #awaiting} said: it has to be so still
   */
  static Transaction link(
      Transaction transaction, RepositoryName image, Digest digest, long awaiting) {
    return transaction.update(
        Key.link(image, digest),
        "SET #IPK = :layer, #ISK = :image",
        awaiting == 0
            ? LINKED + " OR attribute_not_exists(#manifests) OR #manifests = :awaiting"
            : NOT_LINKED + " AND #manifests = :awaiting",
        Map.of(
            ":layer", Item.value(Key.layer(digest).partition()),
            ":image", Item.value(image.value()),
            ":awaiting", Item.value(awaiting)));
  }

  /** A step: one more manifest names the layer, which is not linked. */
  static void await(Transaction transaction, RepositoryName image, Digest digest) {
    transaction.update(
        Key.link(image, digest),
        "SET #manifests = if_not_exists(#manifests, :none) + :one",
        NOT_LINKED,
        Map.of(":none", Item.value(0), ":one", Item.value(1)));
  }

  /** A step: one manifest less names the layer, which is not linked. */
  void awaitNoMore(Transaction transaction, RepositoryName image, Digest digest) {
    Key key = Key.link(image, digest);
    if (awaiting(image, digest) == 1) {
      transaction.delete(key, NOT_LINKED + " AND #manifests = :one", Map.of(":one", Item.value(1)));
    } else {
      transaction.update(
          key,
          "SET #manifests = #manifests - :one",
          NOT_LINKED + " AND #manifests > :one",
          Map.of(":one", Item.value(1)));
    }
  }

  /** Removes what is left of a link to a layer that was collected. */
  void removeStale(RepositoryName image, Digest digest, Map<Key, Item> found) {
    Key link = Key.link(image, digest);
    if (isLink(Optional.ofNullable(found.get(link))) && !found.containsKey(Key.layer(digest))) {
      remove(digest, List.of(link));
    }
  }

  Unlink unlink(RepositoryName image, Digest digest) {
    boolean isGone =
        table.transaction().delete(Key.link(image, digest), NAMED_BY_NONE, NONE).commit().isEmpty();
    return isGone ? Unlink.UNLINKED : Unlink.IN_USE;
  }

  /** Digests after {@code last}, at most {@code limit}. */
  List<Digest> of(RepositoryName image, Optional<Digest> last, int limit) {
    List<Digest> digests = new ArrayList<>();
    String from = last.map(digest -> Key.link(image, digest).sort() + Key.FIRST).orElse(Key.LINKS);
    List<Item> page;
    do {
      page = table.query(Key.image(image).partition(), from, Key.LINKS + Key.LAST, limit);
      page.stream()
          .filter(item -> isLink(Optional.of(item)))
          .map(item -> Digest.parse(item.text("SK").substring(Key.LINKS.length())))
          .forEach(digests::add);
      from = page.isEmpty() ? from : page.getLast().text("SK") + Key.FIRST;
    } while (digests.size() < limit && page.size() == limit);
    return digests.subList(0, Math.min(limit, digests.size()));
  }

  /** Removes the links of all images to a layer, for as long as it is not stored. */
  void forget(Digest digest) {
    Optional<String> cursor = Optional.empty();
    do {
      Page<Item> page =
          table.pageIndex(
              Key.layer(digest).partition(), Key.LAST, Optional.empty(), cursor, MOST_REMOVED);
      if (!remove(digest, page.items().stream().map(Key::of).toList())) {
        return; // The layer is stored again, and the links are its own.
      }
      cursor = page.next();
    } while (cursor.isPresent());
  }

  /**
   * Removes those that no manifest names: that of a link to a layer that is gone none does, but it
   * may have become what waits for the layer.
   *
   * @return false where the layer is stored
   */
  private boolean remove(Digest digest, List<Key> links) {
    List<Key> left = links;
    while (!left.isEmpty()) {
      Transaction transaction = table.transaction().requireAbsent(Key.layer(digest));
      left.forEach(link -> transaction.delete(link, NAMED_BY_NONE, NONE));
      Set<Integer> refused = transaction.commit();
      if (refused.isEmpty()) {
        return true;
      }
      if (refused.contains(LAYER_STEP)) {
        return false;
      }
      List<Key> tried = left;
      left =
          IntStream.range(0, tried.size())
              .filter(i -> !refused.contains(LAYER_STEP + 1 + i))
              .mapToObj(tried::get)
              .toList();
    }
    return true;
  }
}
