package dev.lamella.aws;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.manifest.Referrer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Manifests, tags and referrers as items of the table, and the bytes that are not in them. */
final class ManifestRecords {
  /** Annotations are smaller than their manifest: these leave room in an item of 400 KB. */
  private static final int LARGEST_DESCRIBED = 64 << 10;

  private final Table table;
  private final LargeManifests large;

  ManifestRecords(Table table, LargeManifests large) {
    this.table = table;
    this.large = large;
  }

  /**
   * Without its bytes, or where they are.
   *
   * @param put an id that no other put has, so that a manifest that was deleted and put again is
   *     not taken for what it was
   */
  static Item manifest(RepositoryName image, Manifest manifest, LayerId put, Instant now) {
    Item item =
        Item.at(Key.manifest(image, manifest.digest()))
            .with("mediaType", manifest.mediaType())
            .with("size", manifest.size())
            .with("id", put.value())
            .with("touched", 0)
            .with("created", now);
    manifest.subject().ifPresent(subject -> item.with("subject", subject.digest().toString()));
    manifest.artifactType().ifPresent(type -> item.with("artifactType", type));
    return item;
  }

  /** Annotations are in the item only where the manifest is small. */
  static Item referrer(RepositoryName image, Manifest manifest, Descriptor subject) {
    Item item =
        Item.at(Key.referrer(image, subject.digest(), manifest.digest()))
            .with("digest", manifest.digest().toString())
            .with("mediaType", manifest.mediaType())
            .with("size", manifest.size());
    manifest.artifactType().ifPresent(type -> item.with("artifactType", type));
    if (manifest.size() <= LARGEST_DESCRIBED) {
      item.with("annotations", Json.write(manifest.annotations()));
    }
    return item;
  }

  /**
   * @return empty where the manifest is not there
   */
  Optional<Manifest> find(RepositoryName image, Digest digest) {
    Backoff backoff = new Backoff();
    do {
      Optional<Item> item = table.get(Key.manifest(image, digest));
      if (item.isEmpty()) {
        return Optional.empty();
      }
      Optional<Manifest> manifest = read(digest, item.get());
      if (manifest.isPresent()) {
        return manifest;
      }
    } while (backoff.again());
    throw new IllegalStateException("manifest " + digest + " of " + image + " has lost its bytes");
  }

  /**
   * @return empty where its object is gone: the manifest has been deleted since its item was read
   */
  Optional<Manifest> read(Digest digest, Item item) {
    Optional<byte[]> bytes =
        item.has("bytes") ? Optional.of(item.bytes("bytes")) : large.find(item.text("object"));
    return bytes.map(found -> read(digest, item.text("mediaType"), found));
  }

  private static Manifest read(Digest digest, String mediaType, byte[] bytes) {
    if (!Digest.of(digest.algorithm(), bytes).equals(digest)) {
      throw new IllegalStateException(
          "the stored bytes of manifest " + digest + " are not its own");
    }
    return ManifestReader.read(digest, mediaType, bytes);
  }

  /**
   * @return empty where the manifest has been deleted since its item was read
   */
  Optional<Referrer> referrer(RepositoryName image, Item item) {
    Digest digest = Digest.parse(item.text("digest"));
    if (!item.has("annotations")) {
      return find(image, digest).map(Referrer::of);
    }
    Map<String, String> annotations = new HashMap<>();
    Json.tree(item.bytes("annotations"))
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asString()));
    return Optional.of(
        new Referrer(
            new Descriptor(item.text("mediaType"), digest, item.number("size")),
            item.find("artifactType"),
            annotations));
  }
}
