package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images in DynamoDB. The bytes of a manifest are in its item; those over 256 KiB, or that name
 * more than one transaction counts, are in S3, where they are put before.
 */
public final class DynamoImageIndex implements ImageIndex {
  /** An item holds 400 KB, of which the manifest leaves room for the rest of its item. */
  private static final int LARGEST_INSIDE = 256 << 10;

  private static final String IMAGES = "IMAGES";

  private final Table table;
  private final ReferenceCounts counts;
  private final PendingManifests pending;
  private final ReleasedManifests released;
  private final ManifestRecords records;
  private final ManifestDeletion deletion;

  DynamoImageIndex(Table table, LargeManifests large) {
    this.table = table;
    this.released = new ReleasedManifests(table);
    this.counts = new ReferenceCounts(table);
    this.pending = new PendingManifests(table, large, counts);
    this.records = new ManifestRecords(table, large);
    this.deletion = new ManifestDeletion(table, records, counts, pending, released);
  }

  /**
   * Looks first, to name all that is missing; what was seen is then the transaction's condition.
   */
  @Override
  public Put put(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now) {
    Key key = Key.manifest(image, manifest.digest());
    Backoff backoff = new Backoff();
    do {
      if (table.has(key)) {
        if (kept(image, manifest, tag, now)) {
          return new Put.Stored();
        }
      } else {
        Optional<Put> refusal = counts.refusal(image, manifest);
        if (refusal.isPresent()) {
          return refusal.get();
        }
        if (stored(image, manifest, tag, now)) {
          return new Put.Stored();
        }
      }
      // Something that the conditions look at has changed since it was read.
    } while (backoff.again());
    throw new Unavailable(
        "DynamoDB", new IllegalStateException(key + " is changed by too many at once"));
  }

  private boolean kept(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now) {
    Transaction transaction = table.transaction();
    ReleasedManifests.keep(transaction, image, manifest.digest());
    tag.ifPresent(name -> transaction.put(ManifestRecords.tag(image, manifest, name, now)));
    return transaction.commit().isEmpty();
  }

  private boolean stored(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now) {
    Item item = ManifestRecords.manifest(image, manifest, now);
    Transaction transaction = table.transaction();
    if (manifest.size() <= LARGEST_INSIDE && ReferenceCounts.fit(manifest)) {
      item.with("bytes", manifest.bytes());
      counts.add(transaction, image, manifest, ReferenceCounts.named(manifest), now);
    } else {
      Optional<String> object = pending.prepare(image, manifest, now);
      if (object.isEmpty()) {
        return false;
      }
      item.with("object", object.get());
      pending.arrive(transaction, image, manifest, object.get());
    }
    transaction.putNew(item);
    enterImage(transaction, image);
    tag.ifPresent(name -> transaction.put(ManifestRecords.tag(image, manifest, name, now)));
    manifest
        .subject()
        .ifPresent(subject -> transaction.put(ManifestRecords.referrer(image, manifest, subject)));
    return transaction.commit().isEmpty();
  }

  private static void enterImage(Transaction transaction, RepositoryName image) {
    transaction.update(
        Key.image(image),
        "SET #manifests = if_not_exists(#manifests, :none) + :one, #IPK = :index, #ISK = :name",
        "attribute_not_exists(#manifests) OR #manifests > :none",
        Map.of(
            ":none", Item.value(0),
            ":one", Item.value(1),
            ":index", Item.value(IMAGES),
            ":name", Item.value(image.value())));
  }

  /** A tag may move on, and what it pointed to be deleted, between the two reads. */
  @Override
  public Optional<Manifest> find(RepositoryName image, Reference reference) {
    if (reference instanceof ByDigest(Digest digest)) {
      return records.find(image, digest);
    }
    Key key = Key.tag(image, (Tag) reference);
    Backoff backoff = new Backoff();
    do {
      Optional<Item> tag = table.get(key);
      if (tag.isEmpty()) {
        return Optional.empty();
      }
      Optional<Manifest> manifest = records.find(image, Digest.parse(tag.get().text("digest")));
      if (manifest.isPresent()) {
        return manifest;
      }
    } while (backoff.again());
    throw new IllegalStateException("tag " + reference + " of " + image + " points nowhere");
  }

  @Override
  public boolean delete(RepositoryName image, Reference reference, Instant now) {
    return switch (reference) {
      case Tag tag -> deletion.delete(image, tag, now);
      case ByDigest(Digest digest) -> deletion.delete(image, digest, now);
    };
  }

  @Override
  public int takeBack(Instant before, int limit, Instant now) {
    return pending.takeBack(before, limit, now);
  }

  @Override
  public List<Unfinished> unfinished(Instant before, int limit) {
    return pending.unfinished(before, limit);
  }

  @Override
  public Page<Released> released(Instant before, Optional<String> cursor, int limit) {
    return released.page(before, cursor, limit);
  }

  @Override
  public boolean remove(Released released, Instant now) {
    return deletion.remove(released, now);
  }

  @Override
  public boolean exists(RepositoryName image) {
    return table.has(Key.image(image));
  }

  @Override
  public List<Referrer> referrers(
      RepositoryName image, Digest subject, Optional<Digest> last, int limit) {
    String all = Key.referrers(subject);
    String from = all + last.map(digest -> digest + Key.FIRST).orElse("");
    return table.query(Key.image(image).partition(), from, all + Key.LAST, limit).stream()
        .flatMap(item -> records.referrer(image, item).stream())
        .toList();
  }

  @Override
  public List<Tag> tags(RepositoryName image, Optional<Tag> last, int limit) {
    String from = last.map(tag -> Key.tag(image, tag).sort() + Key.FIRST).orElse(Key.TAGS);
    return table.query(Key.image(image).partition(), from, Key.TAGS + Key.LAST, limit).stream()
        .map(item -> new Tag(item.text("SK").substring(Key.TAGS.length())))
        .toList();
  }

  @Override
  public List<RepositoryName> images(Optional<RepositoryName> last, int limit) {
    String from = last.map(name -> name + Key.FIRST).orElse(Key.FIRST);
    return table.queryIndex(IMAGES, from, Key.LAST, limit).stream()
        .map(item -> new RepositoryName(item.text("ISK")))
        .toList();
  }
}
