package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.ImageIndex;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Images in DynamoDB. The bytes of a manifest are in its item; those over 256 KiB, or with more
 * blobs than one transaction counts, are in S3, where they are put before.
 */
public final class DynamoImageIndex implements ImageIndex {
  /** An item holds 400 KB, of which the manifest leaves room for the rest of its item. */
  private static final int LARGEST_INSIDE = 256 << 10;

  private static final String IMAGES = "IMAGES";

  private final Table table;
  private final LargeManifests large;
  private final ReferenceCounts counts;

  DynamoImageIndex(Table table, LargeManifests large) {
    this.table = table;
    this.large = large;
    this.counts = new ReferenceCounts(table);
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
        if (tag.isEmpty() || moved(image, manifest, tag.get(), now)) {
          return new Put.Stored();
        }
      } else {
        Set<Digest> missing = counts.missing(image, manifest);
        if (!missing.isEmpty()) {
          return new Put.Missing(missing);
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

  private boolean moved(RepositoryName image, Manifest manifest, Tag tag, Instant now) {
    return table
        .transaction()
        .require(Key.manifest(image, manifest.digest()))
        .put(tag(image, manifest, tag, now))
        .commit()
        .isEmpty();
  }

  private boolean stored(RepositoryName image, Manifest manifest, Optional<Tag> tag, Instant now) {
    Item item = item(image, manifest, now);
    byte[] bytes = manifest.bytes();
    if (bytes.length <= LARGEST_INSIDE && counts.fit(manifest)) {
      item.with("bytes", bytes);
    } else {
      large.put(image, manifest.digest(), bytes);
    }
    Transaction transaction =
        table
            .transaction()
            .putNew(item)
            .put(Item.at(Key.image(image)).indexed(IMAGES, image.value()));
    tag.ifPresent(name -> transaction.put(tag(image, manifest, name, now)));
    manifest.subject().ifPresent(subject -> transaction.put(referrer(image, manifest, subject)));
    return counts.count(transaction, image, manifest, now) && transaction.commit().isEmpty();
  }

  @Override
  public Optional<Manifest> find(RepositoryName image, Reference reference) {
    Optional<Digest> digest =
        switch (reference) {
          case Tag tag ->
              table.get(Key.tag(image, tag)).map(item -> Digest.parse(item.text("digest")));
          case ByDigest(Digest named) -> Optional.of(named);
        };
    return digest.flatMap(
        named -> table.get(Key.manifest(image, named)).map(item -> manifest(image, named, item)));
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

  private static Item item(RepositoryName image, Manifest manifest, Instant now) {
    Item item =
        Item.at(Key.manifest(image, manifest.digest()))
            .with("mediaType", manifest.mediaType())
            .with("size", manifest.bytes().length)
            .with("created", now);
    manifest.subject().ifPresent(subject -> item.with("subject", subject.digest().toString()));
    manifest.artifactType().ifPresent(type -> item.with("artifactType", type));
    return item;
  }

  private Manifest manifest(RepositoryName image, Digest digest, Item item) {
    byte[] bytes = item.has("bytes") ? item.bytes("bytes") : large.get(image, digest);
    return ManifestReader.read(digest, item.text("mediaType"), bytes);
  }

  private static Item tag(RepositoryName image, Manifest manifest, Tag tag, Instant now) {
    return Item.at(Key.tag(image, tag))
        .with("digest", manifest.digest().toString())
        .with("time", now);
  }

  private static Item referrer(RepositoryName image, Manifest manifest, Descriptor subject) {
    Item item =
        Item.at(Key.referrer(image, subject.digest(), manifest.digest()))
            .with("mediaType", manifest.mediaType())
            .with("size", manifest.bytes().length);
    manifest.artifactType().ifPresent(type -> item.with("artifactType", type));
    return item;
  }
}
