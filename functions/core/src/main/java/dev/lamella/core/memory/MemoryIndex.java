package dev.lamella.core.memory;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** All the index ports over maps under one lock, since what they hold hangs together. */
public final class MemoryIndex implements LayerIndex, ShardIndex, UploadIndex, ImageIndex {

  /** One image: its manifests, where its tags point, and the layers it may read. */
  private record Image(
      Map<Digest, Manifest> manifests, NavigableMap<String, Digest> tags, Set<Digest> layers) {
    Image() {
      this(new HashMap<>(), new TreeMap<>(), new HashSet<>());
    }
  }

  private final Map<Digest, Layer> layers = new HashMap<>();
  private final Map<LayerId, NavigableMap<Integer, Shard>> shards = new HashMap<>();
  private final Map<LayerId, Upload> uploads = new HashMap<>();
  private final Map<LayerId, NavigableMap<Integer, Rejection>> rejections = new HashMap<>();
  private final NavigableMap<RepositoryName, Image> images = new TreeMap<>();

  @Override
  public synchronized Optional<Layer> find(Digest digest) {
    return Optional.ofNullable(layers.get(digest));
  }

  @Override
  public synchronized boolean isLinked(RepositoryName image, Digest digest) {
    return layers.containsKey(digest) && image(image).layers.contains(digest);
  }

  @Override
  public synchronized List<RepositoryName> imagesOf(Digest digest, int limit) {
    return images.entrySet().stream()
        .filter(entry -> entry.getValue().layers.contains(digest))
        .map(Map.Entry::getKey)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean link(RepositoryName image, Digest digest, Instant now) {
    if (!layers.containsKey(digest)) {
      return false;
    }
    touch(digest, 0, now);
    image(image).layers.add(digest);
    return true;
  }

  @Override
  public synchronized Commit commit(Upload upload, Layer layer) {
    Optional<Upload> current = find(upload.id());
    Optional<Layer> stored = find(layer.digest());
    boolean open = current.map(Upload::state).equals(Optional.of(State.OPEN));
    if (stored.isPresent() && stored.get().id().equals(upload.id())) {
      return Commit.COMMITTED;
    }
    if (!open) {
      boolean ended = current.map(Upload::state).equals(Optional.of(State.ENDED));
      return ended && isLinked(upload.image(), layer.digest())
          ? Commit.ALREADY_STORED
          : Commit.NOT_OPEN;
    }
    if (stored.isPresent()) {
      link(upload.image(), layer.digest(), layer.used());
      change(upload.id(), was -> withState(was, State.ENDED));
      return Commit.ALREADY_STORED;
    }
    layers.put(layer.digest(), layer);
    image(upload.image()).layers.add(layer.digest());
    change(upload.id(), was -> withState(was, State.COMMITTED));
    return Commit.COMMITTED;
  }

  @Override
  public synchronized ShardIndex.Put put(Shard shard) {
    Shard first =
        shards
            .computeIfAbsent(shard.layer(), _ -> new TreeMap<>())
            .putIfAbsent(shard.index(), shard);
    return first == null || first.link().equals(shard.link())
        ? ShardIndex.Put.WRITTEN
        : ShardIndex.Put.OTHER_LINK;
  }

  @Override
  public synchronized List<Shard> find(LayerId layer, Collection<Integer> indexes) {
    NavigableMap<Integer, Shard> written = shards.getOrDefault(layer, new TreeMap<>());
    return indexes.stream()
        .distinct()
        .flatMap(index -> Stream.ofNullable(written.get(index)))
        .toList();
  }

  @Override
  public synchronized List<Shard> from(LayerId layer, int index, int limit) {
    return shards.getOrDefault(layer, new TreeMap<>()).tailMap(index, true).values().stream()
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized void create(Upload upload) {
    Upload first = uploads.putIfAbsent(upload.id(), upload);
    if (first != null && !first.equals(upload)) {
      throw new IllegalStateException("upload " + upload.id() + " exists already");
    }
  }

  @Override
  public synchronized Optional<Upload> find(LayerId id) {
    return Optional.ofNullable(uploads.get(id));
  }

  @Override
  public synchronized void markChained(LayerId id) {
    changeOpen(
        id,
        was ->
            new Upload(
                was.id(),
                was.image(),
                was.digest(),
                was.slicing(),
                was.state(),
                was.created(),
                was.expires(),
                true,
                was.proven()));
  }

  @Override
  public synchronized void prove(LayerId id, Digest digest) {
    changeOpen(
        id,
        was ->
            new Upload(
                was.id(),
                was.image(),
                was.digest(),
                was.slicing(),
                was.state(),
                was.created(),
                was.expires(),
                was.chained(),
                Optional.of(digest)));
  }

  @Override
  public synchronized boolean end(LayerId id) {
    changeOpen(id, was -> withState(was, State.ENDED));
    return find(id).map(Upload::state).equals(Optional.of(State.ENDED));
  }

  @Override
  public synchronized void reject(LayerId id, Rejection rejection) {
    rejections.computeIfAbsent(id, _ -> new TreeMap<>()).put(rejection.index(), rejection);
  }

  @Override
  public synchronized void forgive(LayerId id, Collection<Integer> indexes) {
    rejections.getOrDefault(id, new TreeMap<>()).keySet().removeAll(Set.copyOf(indexes));
  }

  @Override
  public synchronized List<Rejection> rejections(LayerId id) {
    return List.copyOf(rejections.getOrDefault(id, new TreeMap<>()).values());
  }

  @Override
  public synchronized ImageIndex.Put put(
      RepositoryName name, Manifest manifest, Optional<Tag> tag, Instant now) {
    Image image = image(name);
    if (!image.manifests.containsKey(manifest.digest())) {
      Set<Digest> missing = new HashSet<>(digests(manifest.blobs()));
      missing.removeIf(digest -> isLinked(name, digest));
      digests(manifest.manifests()).stream()
          .filter(digest -> !image.manifests.containsKey(digest))
          .forEach(missing::add);
      if (!missing.isEmpty()) {
        return new ImageIndex.Put.Missing(missing);
      }
      digests(manifest.blobs()).forEach(digest -> touch(digest, 1, now));
      image.manifests.put(manifest.digest(), manifest);
    }
    tag.ifPresent(at -> image.tags.put(at.value(), manifest.digest()));
    return new ImageIndex.Put.Stored();
  }

  @Override
  public synchronized Optional<Manifest> find(RepositoryName name, Reference reference) {
    Image image = image(name);
    Optional<Digest> digest =
        switch (reference) {
          case Tag tag -> Optional.ofNullable(image.tags.get(tag.value()));
          case ByDigest(Digest named) -> Optional.of(named);
        };
    return digest.flatMap(named -> Optional.ofNullable(image.manifests.get(named)));
  }

  @Override
  public synchronized List<Tag> tags(RepositoryName name, Optional<Tag> last, int limit) {
    // No tag is empty, so the empty text comes before all.
    return image(name).tags.tailMap(last.map(Tag::value).orElse(""), false).keySet().stream()
        .limit(limit)
        .map(Tag::new)
        .toList();
  }

  @Override
  public synchronized List<RepositoryName> images(Optional<RepositoryName> last, int limit) {
    return images.entrySet().stream()
        .filter(entry -> !entry.getValue().manifests.isEmpty())
        .map(Map.Entry::getKey)
        .filter(name -> last.map(after -> name.compareTo(after) > 0).orElse(true))
        .limit(limit)
        .toList();
  }

  private Image image(RepositoryName name) {
    return images.computeIfAbsent(name, _ -> new Image());
  }

  private void touch(Digest digest, int references, Instant now) {
    layers.computeIfPresent(
        digest,
        (_, was) ->
            new Layer(
                digest,
                was.id(),
                was.slicing(),
                was.servers(),
                was.references() + references,
                was.committed(),
                now,
                was.verified()));
  }

  private void changeOpen(LayerId id, UnaryOperator<Upload> change) {
    change(id, was -> was.state() == State.OPEN ? change.apply(was) : was);
  }

  private void change(LayerId id, UnaryOperator<Upload> change) {
    uploads.computeIfPresent(id, (_, was) -> change.apply(was));
  }

  private static Upload withState(Upload was, State state) {
    return new Upload(
        was.id(),
        was.image(),
        was.digest(),
        was.slicing(),
        state,
        was.created(),
        was.expires(),
        was.chained(),
        was.proven());
  }

  private static Set<Digest> digests(List<Descriptor> descriptors) {
    Set<Digest> digests = new HashSet<>();
    descriptors.forEach(descriptor -> digests.add(descriptor.digest()));
    return digests;
  }
}
