package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Images in DynamoDB. The bytes of a manifest are in its item; those over 256 KiB are in S3, where
 * they are put before.
 */
public final class DynamoImageIndex implements ImageIndex {
  /** An item holds 400 KB, of which the manifest leaves room for the rest of its item. */
  private static final int LARGEST_INSIDE = 256 << 10;

  private final Table table;
  private final LargeManifests large;
  private final NamedThings things;
  private final Edges edges;
  private final Tags tags;
  private final ImageEntries entries;
  private final ReleasedManifests released;
  private final ManifestRecords records;
  private final ManifestDeletion deletion;
  private final Leftovers leftovers;

  DynamoImageIndex(Table table, LargeManifests large) {
    this.table = table;
    this.large = large;
    this.things = new NamedThings(table);
    this.edges = new Edges(table);
    this.tags = new Tags(table);
    this.entries = new ImageEntries(table);
    this.released = new ReleasedManifests(table);
    this.records = new ManifestRecords(table, large);
    this.deletion = new ManifestDeletion(table, records, large, entries, released);
    this.leftovers = new Leftovers(table, large, entries);
  }

  /**
   * Looks first, to name all that is missing; touching what is named then tells what went since.
   */
  @Override
  public Put put(
      RepositoryName image, Manifest manifest, Optional<Tag> tag, boolean mayMove, Instant now) {
    Key key = Key.manifest(image, manifest.digest());
    Pointing pointing = new Pointing(image, tag, manifest.digest(), mayMove);
    Backoff backoff = new Backoff();
    do {
      Optional<Put> done =
          table.has(key) ? kept(pointing, manifest, now) : stored(pointing, manifest, now);
      if (done.isPresent()) {
        return done.get();
      }
      // Something that the conditions look at has changed since it was read.
    } while (backoff.again());
    throw new Unavailable(
        "DynamoDB", new IllegalStateException(key + " is changed by too many at once"));
  }

  private Optional<Put> kept(Pointing pointing, Manifest manifest, Instant now) {
    Transaction transaction = table.transaction();
    ReleasedManifests.keep(transaction, pointing.image(), manifest.digest());
    Optional<Put> taken = tags.point(transaction, pointing, now);
    if (taken.isPresent() || !transaction.commit().isEmpty()) {
      return taken;
    }
    // Whoever put it may have died before.
    entries.enter(pointing.image(), manifest);
    return Optional.of(new Put.Stored());
  }

  /** A tag that is taken is told before anything is written, and again where it is by then. */
  private Optional<Put> stored(Pointing pointing, Manifest manifest, Instant now) {
    RepositoryName image = pointing.image();
    Optional<Put> refusal = tags.taken(pointing).or(() -> things.refusal(image, manifest));
    if (refusal.isPresent()) {
      return refusal;
    }
    LayerId put = LayerId.random();
    edges.add(image, manifest, put, now);
    Optional<Put> done =
        things.touch(image, manifest, now)
            ? visible(pointing, manifest, put, now)
            : Optional.empty();
    if (!done.equals(Optional.of(new Put.Stored()))) {
      edges.remove(image, manifest, put);
    }
    return done;
  }

  /** The one write that makes the manifest visible, once its edges and touches are there. */
  private Optional<Put> visible(Pointing pointing, Manifest manifest, LayerId put, Instant now) {
    RepositoryName image = pointing.image();
    Item item = ManifestRecords.manifest(image, manifest, put, now);
    Optional<String> object =
        manifest.size() <= LARGEST_INSIDE
            ? Optional.empty()
            : Optional.of(new LargeManifests.Name(image, manifest.digest(), put).toString());
    object.ifPresentOrElse(
        name -> {
          large.put(name, manifest.bytes());
          item.with("object", name);
        },
        () -> item.with("bytes", manifest.bytes()));
    Transaction transaction = table.transaction().putNew(item);
    manifest
        .subject()
        .ifPresent(subject -> transaction.put(ManifestRecords.referrer(image, manifest, subject)));
    Optional<Put> taken = tags.point(transaction, pointing, now);
    if (taken.isEmpty() && (transaction.commit().isEmpty() || isBy(put, image, manifest))) {
      entries.enter(image, manifest);
      return Optional.of(new Put.Stored());
    }
    object.ifPresent(large::delete);
    return taken;
  }

  /** Whether the manifest is there by this put, whose answer was lost. */
  private boolean isBy(LayerId put, RepositoryName image, Manifest manifest) {
    return table
        .get(Key.manifest(image, manifest.digest()))
        .map(item -> item.text("id").equals(put.value()))
        .orElse(false);
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
  public Page<Find> leftovers(Instant before, Optional<String> cursor, int limit, boolean remove) {
    return leftovers.page(before, cursor, limit, remove);
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
    return entries.exists(image);
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
  public List<RepositoryName> images(String prefix, Optional<RepositoryName> last, int limit) {
    return entries.after(prefix, last, limit);
  }
}
