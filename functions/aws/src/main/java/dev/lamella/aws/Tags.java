package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tags, and under each manifest the tags that point to it. Both change in one transaction, with the
 * manifest: all of it is one image's.
 */
final class Tags {
  private final Table table;

  Tags(Table table) {
    this.table = table;
  }

  /** Steps that point a tag to a manifest; they fail where it is moved by another meanwhile. */
  void point(Transaction transaction, RepositoryName image, Tag tag, Digest manifest, Instant now) {
    Key key = Key.tag(image, tag);
    Optional<String> was = table.get(key).map(item -> item.text("digest"));
    Item item = Item.at(key).with("digest", manifest.toString()).with("time", now);
    if (was.isEmpty()) {
      transaction.putNew(item);
    } else {
      transaction.put(item, "#digest = :was", Map.of(":was", Item.value(was.get())));
      if (!was.get().equals(manifest.toString())) {
        transaction.delete(Key.tagged(image, Digest.parse(was.get()), tag));
      }
    }
    transaction.put(Item.at(Key.tagged(image, manifest, tag)));
  }

  /** Steps that remove a tag; they fail where it points elsewhere. */
  static void remove(Transaction transaction, RepositoryName image, Tag tag, Digest manifest) {
    transaction
        .delete(
            Key.tag(image, tag),
            "#digest = :digest",
            Map.of(":digest", Item.value(manifest.toString())))
        .delete(Key.tagged(image, manifest, tag));
  }

  /** Tags that point to a manifest, at most {@code limit}. */
  List<Tag> of(RepositoryName image, Digest manifest, int limit) {
    String all = Key.tagged(manifest);
    return table.query(Key.image(image).partition(), all, all + Key.LAST, limit).stream()
        .map(item -> new Tag(item.text("SK").substring(all.length())))
        .toList();
  }
}
