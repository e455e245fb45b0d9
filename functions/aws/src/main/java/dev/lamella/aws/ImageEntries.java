package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The list of images: an item for each that has a manifest. It is written after the manifest, and
 * removed where no manifest is found and it was not written since it was read.
 */
final class ImageEntries {
  private static final String IMAGES = "IMAGES";

  private final Table table;

  ImageEntries(Table table) {
    this.table = table;
  }

  /** The image has the manifest. Idempotent. */
  void enter(RepositoryName image, Manifest manifest) {
    String set = "SET #IPK = :images, #ISK = :name, #id = :id";
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":images", Item.value(IMAGES));
    values.put(":name", Item.value(image.value()));
    values.put(":id", Item.value(LayerId.random().value()));
    if (!manifest.external().isEmpty()) {
      set += ", #external = :one";
      values.put(":one", Item.value(1));
    }
    table.set(Key.image(image), set, values);
  }

  /**
   * The image may have lost its last manifest.
   *
   * @return whether it had, and is not listed any more
   */
  boolean leave(RepositoryName image) {
    Optional<Item> entry = table.get(Key.image(image));
    return entry.isPresent()
        && !exists(image)
        && table
            .transaction()
            .delete(Key.image(image), "#id = :id", Map.of(":id", entry.get().get("id")))
            .commit()
            .isEmpty();
  }

  /** Whether a manifest of the image named an external layer. */
  boolean mayAwait(RepositoryName image) {
    return table.get(Key.image(image)).filter(entry -> entry.has("external")).isPresent();
  }

  boolean exists(RepositoryName image) {
    return !table
        .query(Key.image(image).partition(), Key.MANIFESTS, Key.MANIFESTS + Key.LAST, 1)
        .isEmpty();
  }

  /** In order of name after {@code last}, which may begin otherwise. */
  List<RepositoryName> after(String prefix, Optional<RepositoryName> last, int limit) {
    String first = prefix.isEmpty() ? Key.FIRST : prefix;
    String end = prefix + Key.LAST;
    String from =
        last.map(name -> name + Key.FIRST).filter(name -> name.compareTo(first) > 0).orElse(first);
    if (from.compareTo(end) > 0) {
      return List.of();
    }
    return table.queryIndex(IMAGES, from, end, limit).stream()
        .map(item -> new RepositoryName(item.text("ISK")))
        .toList();
  }
}
