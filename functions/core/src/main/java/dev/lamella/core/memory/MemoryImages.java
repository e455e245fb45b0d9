package dev.lamella.core.memory;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.memory.MemoryTables.Image;
import dev.lamella.core.port.ImageIndex;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Images over maps. */
final class MemoryImages implements ImageIndex {
  private final MemoryTables tables;

  MemoryImages(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Put put(RepositoryName name, Manifest manifest, Optional<Tag> tag, Instant now) {
    synchronized (tables) {
      Image image = tables.image(name);
      if (!image.manifests().containsKey(manifest.digest())) {
        Set<Digest> missing = missing(name, manifest);
        if (!missing.isEmpty()) {
          return new Put.Missing(missing);
        }
        digests(manifest.blobs()).forEach(digest -> tables.touch(digest, 1, now));
        image.manifests().put(manifest.digest(), manifest);
      }
      tag.ifPresent(at -> image.tags().put(at.value(), manifest.digest()));
      return new Put.Stored();
    }
  }

  private Set<Digest> missing(RepositoryName name, Manifest manifest) {
    Set<Digest> missing = digests(manifest.blobs());
    missing.removeIf(digest -> tables.isLinked(name, digest));
    Set<Digest> manifests = digests(manifest.manifests());
    manifests.removeAll(tables.image(name).manifests().keySet());
    missing.addAll(manifests);
    return missing;
  }

  @Override
  public Optional<Manifest> find(RepositoryName name, Reference reference) {
    synchronized (tables) {
      Image image = tables.image(name);
      Optional<Digest> digest =
          switch (reference) {
            case Tag tag -> Optional.ofNullable(image.tags().get(tag.value()));
            case ByDigest(Digest named) -> Optional.of(named);
          };
      return digest.flatMap(named -> Optional.ofNullable(image.manifests().get(named)));
    }
  }

  @Override
  public boolean delete(RepositoryName name, Reference reference, Instant now) {
    synchronized (tables) {
      Image image = tables.image(name);
      return switch (reference) {
        case Tag tag -> image.tags().remove(tag.value()) != null;
        case ByDigest(Digest digest) -> {
          Manifest manifest = image.manifests().remove(digest);
          if (manifest == null) {
            yield false;
          }
          image.tags().values().removeIf(digest::equals);
          digests(manifest.blobs()).forEach(blob -> tables.touch(blob, -1, now));
          yield true;
        }
      };
    }
  }

  /** Nothing can die in the middle of what a monitor guards. */
  @Override
  public int takeBack(Instant before, int limit, Instant now) {
    return 0;
  }

  @Override
  public List<Unfinished> unfinished(Instant before, int limit) {
    return List.of();
  }

  @Override
  public boolean exists(RepositoryName name) {
    synchronized (tables) {
      return !tables.image(name).manifests().isEmpty();
    }
  }

  @Override
  public List<Referrer> referrers(
      RepositoryName name, Digest subject, Optional<Digest> last, int limit) {
    synchronized (tables) {
      String after = last.map(Digest::toString).orElse("");
      return tables.image(name).manifests().values().stream()
          .filter(
              manifest -> manifest.subject().map(Descriptor::digest).equals(Optional.of(subject)))
          .sorted(Comparator.comparing(manifest -> manifest.digest().toString()))
          .filter(manifest -> manifest.digest().toString().compareTo(after) > 0)
          .limit(limit)
          .map(Referrer::of)
          .toList();
    }
  }

  @Override
  public List<Tag> tags(RepositoryName name, Optional<Tag> last, int limit) {
    synchronized (tables) {
      // No tag is empty, so the empty text comes before all.
      String after = last.map(Tag::value).orElse("");
      return tables.image(name).tags().tailMap(after, false).keySet().stream()
          .limit(limit)
          .map(Tag::new)
          .toList();
    }
  }

  @Override
  public List<RepositoryName> images(Optional<RepositoryName> last, int limit) {
    synchronized (tables) {
      return tables.images.entrySet().stream()
          .filter(entry -> !entry.getValue().manifests().isEmpty())
          .map(Map.Entry::getKey)
          .filter(name -> last.map(after -> name.compareTo(after) > 0).orElse(true))
          .limit(limit)
          .toList();
    }
  }

  private static Set<Digest> digests(List<Descriptor> descriptors) {
    Set<Digest> digests = new HashSet<>();
    descriptors.forEach(descriptor -> digests.add(descriptor.digest()));
    return digests;
  }
}
