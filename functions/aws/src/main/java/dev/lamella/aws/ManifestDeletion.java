package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Released;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Removes a tag; or a manifest, the tags that point to it and its place among the referrers, in one
 * transaction, all of which is one image's. Of tags that are too many for it, the first are removed
 * before; and before that, what only this manifest leads to is released. Its edges go after it.
 *
 * <p>The transaction's condition is that nothing touched the manifest since it was read: no tag was
 * pointed to it, and no index put that names it.
 */
final class ManifestDeletion {
  /** Steps that a tag takes. */
  private static final int TAG_STEPS = 2;

  private final Table table;
  private final ManifestRecords records;
  private final LargeManifests large;
  private final ImageEntries entries;
  private final ReleasedManifests released;
  private final NamedThings things;
  private final Edges edges;
  private final Tags tags;

  ManifestDeletion(
      Table table,
      ManifestRecords records,
      LargeManifests large,
      ImageEntries entries,
      ReleasedManifests released) {
    this.table = table;
    this.records = records;
    this.large = large;
    this.entries = entries;
    this.released = released;
    this.things = new NamedThings(table);
    this.edges = new Edges(table);
    this.tags = new Tags(table);
  }

  /**
   * @return false where there is no such tag
   */
  boolean delete(RepositoryName image, Tag tag, Instant now) {
    Backoff backoff = new Backoff();
    do {
      Optional<Digest> digest =
          table.get(Key.tag(image, tag)).map(item -> Digest.parse(item.text("digest")));
      if (digest.isEmpty()) {
        return false;
      }
      if (removed(image, tag, digest.get(), now)) {
        return true;
      }
    } while (backoff.again());
    throw busy(tag);
  }

  private boolean removed(RepositoryName image, Tag tag, Digest digest, Instant now) {
    Key key = Key.manifest(image, digest);
    Optional<Item> manifest = table.get(key);
    Transaction transaction = table.transaction();
    Tags.remove(transaction, image, tag, digest);
    if (manifest.isPresent()) {
      boolean isLast = tags.of(image, digest, 2).equals(List.of(tag));
      ReleasedManifests.leave(transaction, manifest.get(), isLast, now);
    } else {
      transaction.requireAbsent(key);
    }
    return transaction.commit().isEmpty();
  }

  /**
   * @return false where it is not released any more, or about not to be
   */
  boolean remove(Released manifest, Instant now) {
    RepositoryName image = manifest.image();
    Digest digest = manifest.manifest();
    Optional<Item> found = released.find(manifest);
    return found.isPresent()
        && tags.of(image, digest, 1).isEmpty()
        && records
            .find(image, digest)
            .filter(read -> removed(image, read, found.get(), List.of(), now))
            .isPresent();
  }

  /**
   * @return false where there is no such manifest
   */
  boolean delete(RepositoryName image, Digest digest, Instant now) {
    Backoff backoff = new Backoff();
    do {
      Optional<Item> item = table.get(Key.manifest(image, digest));
      if (item.isEmpty()) {
        return false;
      }
      List<Tag> all = tags.of(image, digest, Integer.MAX_VALUE);
      boolean done =
          records
              .read(digest, item.get())
              .filter(manifest -> removed(image, manifest, item.get(), all, now))
              .isPresent();
      if (done) {
        return true;
      }
      // Something that the conditions look at has changed since it was read.
    } while (backoff.again());
    throw busy(digest);
  }

  private static Unavailable busy(Object what) {
    return new Unavailable(
        "DynamoDB", new IllegalStateException(what + " is changed by too many at once"));
  }

  private boolean removed(
      RepositoryName image, Manifest manifest, Item item, List<Tag> all, Instant now) {
    if (!released.release(image, manifest, now)) {
      return false;
    }
    things.leave(manifest, now);
    Transaction transaction =
        table
            .transaction()
            .delete(Key.of(item), ReleasedManifests.UNTOUCHED, ReleasedManifests.untouched(item));
    manifest
        .subject()
        .ifPresent(
            subject ->
                transaction.delete(Key.referrer(image, subject.digest(), manifest.digest())));
    if (!removeTags(transaction, image, all, manifest.digest())
        || !transaction.commit().isEmpty()) {
      return false;
    }
    edges.remove(image, manifest, new LayerId(item.text("id")));
    item.find("object").ifPresent(large::delete);
    entries.leave(image);
    return true;
  }

  private boolean removeTags(
      Transaction transaction, RepositoryName image, List<Tag> all, Digest digest) {
    List<Tag> left = all;
    while (left.size() * TAG_STEPS > Transaction.MOST_STEPS - transaction.size()) {
      int some = Math.min(Transaction.MOST_STEPS / TAG_STEPS, left.size());
      Transaction before = table.transaction();
      left.subList(0, some).forEach(tag -> Tags.remove(before, image, tag, digest));
      if (!before.commit().isEmpty()) {
        return false;
      }
      left = left.subList(some, left.size());
    }
    left.forEach(tag -> Tags.remove(transaction, image, tag, digest));
    return true;
  }
}
