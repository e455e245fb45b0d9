package dev.lamella.core.memory;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.memory.MemoryTables.Image;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Images over maps. */
final class MemoryImages implements ImageIndex {
  private final MemoryTables tables;

  MemoryImages(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Put put(
      RepositoryName name, Manifest manifest, Optional<Tag> tag, boolean mayMove, Instant now) {
    synchronized (tables) {
      Image image = tables.image(name);
      Optional<Digest> other =
          tag.flatMap(at -> Optional.ofNullable(image.tags().get(at.value())))
              .filter(was -> !was.equals(manifest.digest()));
      if (other.isPresent() && !mayMove) {
        return new Put.TagTaken(other.get());
      }
      if (!image.manifests().containsKey(manifest.digest())) {
        Set<Digest> missing = missing(name, manifest);
        if (!missing.isEmpty()) {
          return new Put.Missing(missing);
        }
        Optional<Put.WrongSize> wrong = wrongSize(name, manifest);
        if (wrong.isPresent()) {
          return wrong.get();
        }
        kept(name, manifest).forEach(digest -> tables.use(digest, now));
        image.manifests().put(manifest.digest(), manifest);
      }
      image.released().remove(manifest.digest());
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

  private Optional<Put.WrongSize> wrongSize(RepositoryName name, Manifest manifest) {
    Map<Digest, Manifest> manifests = tables.image(name).manifests();
    return Stream.concat(
            Stream.concat(manifest.blobs().stream(), manifest.external().stream())
                .filter(named -> tables.isLinked(name, named.digest()))
                .map(
                    named ->
                        new Put.WrongSize(
                            named,
                            Objects.requireNonNull(tables.layers.get(named.digest()))
                                .slicing()
                                .size())),
            Stream.concat(manifest.manifests().stream(), manifest.subject().stream())
                .filter(named -> manifests.containsKey(named.digest()))
                .map(
                    named ->
                        new Put.WrongSize(
                            named, Objects.requireNonNull(manifests.get(named.digest())).size())))
        .filter(put -> put.named().size() != put.size())
        .findFirst();
  }

  /** The layers that the manifest keeps. */
  private Set<Digest> kept(RepositoryName name, Manifest manifest) {
    Set<Digest> kept = digests(manifest.external());
    kept.removeIf(digest -> !tables.isLinked(name, digest));
    kept.addAll(digests(manifest.blobs()));
    return kept;
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
        case Tag tag -> {
          Digest left = image.tags().remove(tag.value());
          if (left != null) {
            release(image, left, now);
          }
          yield left != null;
        }
        case ByDigest(Digest digest) -> delete(name, digest, now);
      };
    }
  }

  private boolean delete(RepositoryName name, Digest digest, Instant now) {
    Image image = tables.image(name);
    Manifest manifest = image.manifests().remove(digest);
    if (manifest == null) {
      return false;
    }
    image.tags().values().removeIf(digest::equals);
    image.released().remove(digest);
    kept(name, manifest).forEach(blob -> tables.use(blob, now));
    digests(manifest.manifests()).forEach(child -> release(image, child, now));
    referrers(image, digest).forEach(about -> release(image, about.digest(), now));
    return true;
  }

  private static void release(Image image, Digest digest, Instant now) {
    if (image.manifests().containsKey(digest) && !image.tags().containsValue(digest)) {
      image.released().put(digest, now);
    }
  }

  @Override
  public Page<Released> released(Instant before, Optional<String> cursor, int limit) {
    synchronized (tables) {
      return Page.of(
          tables.images.entrySet().stream()
              .flatMap(entry -> released(entry.getKey(), entry.getValue()))
              .filter(released -> released.since().isBefore(before))
              .sorted(Comparator.comparing(MemoryImages::place))
              .filter(released -> place(released).compareTo(cursor.orElse("")) > 0)
              .limit(limit + 1L)
              .toList(),
          limit,
          MemoryImages::place);
    }
  }

  private static String place(Released released) {
    return released.image() + " " + released.manifest();
  }

  private static Stream<Released> released(RepositoryName name, Image image) {
    return image.released().entrySet().stream()
        .filter(entry -> !isLed(image, entry.getKey()))
        .map(entry -> new Released(name, entry.getKey(), entry.getValue()));
  }

  /** Whether an index or its subject leads to a manifest. */
  private static boolean isLed(Image image, Digest manifest) {
    return image.manifests().values().stream()
        .anyMatch(
            other ->
                digests(other.manifests()).contains(manifest)
                    || referrers(image, other.digest())
                        .anyMatch(about -> about.digest().equals(manifest)));
  }

  @Override
  public boolean remove(Released released, Instant now) {
    synchronized (tables) {
      Image image = tables.image(released.image());
      return released(released.image(), image).anyMatch(released::equals)
          && delete(released.image(), released.manifest(), now);
    }
  }

  /** Nothing can die in the middle of what a monitor guards. */
  @Override
  public Page<Find> leftovers(Instant before, Optional<String> cursor, int limit, boolean remove) {
    return new Page<>(List.of(), Optional.empty());
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
      return referrers(tables.image(name), subject)
          .sorted(Comparator.comparing(manifest -> manifest.digest().toString()))
          .filter(manifest -> manifest.digest().toString().compareTo(after) > 0)
          .limit(limit)
          .map(Referrer::of)
          .toList();
    }
  }

  private static Stream<Manifest> referrers(Image image, Digest subject) {
    return image.manifests().values().stream()
        .filter(
            manifest -> manifest.subject().map(Descriptor::digest).equals(Optional.of(subject)));
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
  public List<RepositoryName> images(String prefix, Optional<RepositoryName> last, int limit) {
    synchronized (tables) {
      return tables.images.entrySet().stream()
          .filter(entry -> !entry.getValue().manifests().isEmpty())
          .map(Map.Entry::getKey)
          .filter(name -> name.value().startsWith(prefix))
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
