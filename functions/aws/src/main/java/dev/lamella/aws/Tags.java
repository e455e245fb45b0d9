package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.ImageIndex.Put;
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

  /** Why the tag cannot be pointed there as things are, if so. */
  Optional<Put> taken(Pointing pointing) {
    return pointing.mayMove() || pointing.tag().isEmpty()
        ? Optional.empty()
        : pointing.refusal(where(pointing.image(), pointing.tag().get()));
  }

  /**
   * Steps that point a tag to a manifest, if there is a tag; they fail where it is moved or removed
   * by another meanwhile. So a tag that was absent when it was read, or pointed to the manifest, is
   * still so when they are done.
   *
   * @return why it may not be pointed there: then there are no steps
   */
  Optional<Put> point(Transaction transaction, Pointing pointing, Instant now) {
    if (pointing.tag().isEmpty()) {
      return Optional.empty();
    }
    RepositoryName image = pointing.image();
    Tag tag = pointing.tag().get();
    Optional<Digest> was = where(image, tag);
    Optional<Put> refusal = pointing.refusal(was);
    if (refusal.isPresent()) {
      return refusal;
    }
    Item item =
        Item.at(Key.tag(image, tag))
            .with("digest", pointing.manifest().toString())
            .with("time", now);
    if (was.isEmpty()) {
      transaction.putNew(item);
    } else {
      transaction.put(item, "#digest = :was", Map.of(":was", Item.value(was.get().toString())));
      was.filter(other -> !other.equals(pointing.manifest()))
          .ifPresent(other -> transaction.delete(Key.tagged(image, other, tag)));
    }
    transaction.put(Item.at(Key.tagged(image, pointing.manifest(), tag)));
    return Optional.empty();
  }

  private Optional<Digest> where(RepositoryName image, Tag tag) {
    return table.get(Key.tag(image, tag)).map(item -> Digest.parse(item.text("digest")));
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
