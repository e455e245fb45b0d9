package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex.Released;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Removes a tag; or a manifest, the tags that point to it and its place among the referrers, in one
 * transaction, which also takes its references off its layers, or begins to.
 *
 * <p>The transaction's condition is that no tag was pointed to the manifest since its tags were
 * read, and no index put that names it: {@code moves} in the manifest's item counts that. Of tags
 * that are too many for it, the first are removed before; and before that, what only this manifest
 * leads to is released.
 */
final class ManifestDeletion {
  private final Table table;
  private final ManifestRecords records;
  private final ReferenceCounts counts;
  private final PendingManifests pending;
  private final ReleasedManifests released;

  ManifestDeletion(
      Table table,
      ManifestRecords records,
      ReferenceCounts counts,
      PendingManifests pending,
      ReleasedManifests released) {
    this.table = table;
    this.records = records;
    this.counts = counts;
    this.pending = pending;
    this.released = released;
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
    removeTag(transaction, Key.tag(image, tag), digest);
    if (manifest.isPresent()) {
      boolean isLast = released.tags(image, List.of(digest), 2).size() == 1;
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
    if (found.isEmpty() || !released.tags(image, List.of(digest), 1).isEmpty()) {
      return false;
    }
    Transaction transaction = table.transaction();
    ReleasedManifests.subject(found.get()).ifPresent(transaction::requireAbsent);
    return records
        .find(image, digest)
        .filter(read -> removed(transaction, image, read, found.get(), List.of(), now))
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
      Item read = item.get();
      List<Key> tags =
          released.tags(image, List.of(digest), Integer.MAX_VALUE).stream().map(Key::of).toList();
      boolean done =
          records
              .read(digest, read)
              .filter(manifest -> removed(table.transaction(), image, manifest, read, tags, now))
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
      Transaction transaction,
      RepositoryName image,
      Manifest manifest,
      Item item,
      List<Key> tags,
      Instant now) {
    if (!released.release(image, manifest, now)) {
      return false;
    }
    transaction.delete(Key.of(item), "#moves = :moves", Map.of(":moves", item.get("moves")));
    leaveImage(transaction, image);
    manifest
        .subject()
        .ifPresent(
            subject ->
                transaction.delete(Key.referrer(image, subject.digest(), manifest.digest())));
    Optional<Item> left =
        item.find("object").map(object -> pending.leave(transaction, image, manifest, object, now));
    if (left.isEmpty()) {
      counts.takeOff(transaction, image, manifest, ReferenceCounts.named(manifest), now);
    }
    if (!removeTags(transaction, tags, manifest.digest()) || !transaction.commit().isEmpty()) {
      return false;
    }
    left.ifPresent(way -> pending.takeBack(image, manifest, way, now));
    return true;
  }

  /** An image is there as long as it has manifests. */
  private void leaveImage(Transaction transaction, RepositoryName image) {
    Key key = Key.image(image);
    boolean isLast = table.get(key).map(item -> item.number("manifests") == 1).orElse(false);
    Map<String, AttributeValue> one = Map.of(":one", Item.value(1));
    if (isLast) {
      transaction.delete(key, "#manifests = :one", one);
    } else {
      transaction.update(key, "SET #manifests = #manifests - :one", "#manifests > :one", one);
    }
  }

  private boolean removeTags(Transaction transaction, List<Key> all, Digest digest) {
    List<Key> tags = all;
    int room = Transaction.MOST_STEPS - transaction.size();
    while (tags.size() > room) {
      int some = Math.min(Transaction.MOST_STEPS, tags.size() - room);
      Transaction before = table.transaction();
      tags.subList(0, some).forEach(tag -> removeTag(before, tag, digest));
      if (!before.commit().isEmpty()) {
        return false;
      }
      tags = tags.subList(some, tags.size());
    }
    tags.forEach(tag -> removeTag(transaction, tag, digest));
    return true;
  }

  private static void removeTag(Transaction transaction, Key tag, Digest digest) {
    transaction.delete(tag, "#digest = :digest", Map.of(":digest", Item.value(digest.toString())));
  }
}
