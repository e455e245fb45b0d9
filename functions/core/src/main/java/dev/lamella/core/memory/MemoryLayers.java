package dev.lamella.core.memory;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.LayerIndex;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Layers over maps. */
final class MemoryLayers implements LayerIndex {
  private final MemoryTables tables;

  MemoryLayers(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Optional<Layer> find(Digest digest) {
    synchronized (tables) {
      return Optional.ofNullable(tables.layers.get(digest));
    }
  }

  @Override
  public boolean isLinked(RepositoryName image, Digest digest) {
    synchronized (tables) {
      return tables.isLinked(image, digest);
    }
  }

  @Override
  public List<RepositoryName> imagesOf(Digest digest, int limit) {
    synchronized (tables) {
      return tables.images.entrySet().stream()
          .filter(entry -> entry.getValue().layers().contains(digest))
          .map(Map.Entry::getKey)
          .limit(limit)
          .toList();
    }
  }

  @Override
  public boolean link(RepositoryName image, Digest digest, Instant now) {
    synchronized (tables) {
      if (!tables.layers.containsKey(digest)) {
        return false;
      }
      tables.touch(digest, 0, now);
      tables.image(image).layers().add(digest);
      return true;
    }
  }

  @Override
  public Unlink unlink(RepositoryName image, Digest digest) {
    synchronized (tables) {
      if (!tables.isLinked(image, digest)) {
        return Unlink.NOT_LINKED;
      }
      boolean isNamed =
          tables.image(image).manifests().values().stream()
              .flatMap(manifest -> manifest.blobs().stream())
              .anyMatch(blob -> blob.digest().equals(digest));
      if (isNamed) {
        return Unlink.IN_USE;
      }
      tables.image(image).layers().remove(digest);
      return Unlink.UNLINKED;
    }
  }

  @Override
  public Commit commit(Upload upload, Layer layer) {
    synchronized (tables) {
      Optional<Layer> stored = find(layer.digest());
      if (stored.isPresent() && stored.get().id().equals(upload.id())) {
        return Commit.COMMITTED;
      }
      Optional<State> state = tables.state(upload.id());
      if (!state.equals(Optional.of(State.OPEN))) {
        boolean hadLost =
            state.equals(Optional.of(State.ENDED))
                && tables.isLinked(upload.image(), layer.digest());
        return hadLost ? Commit.ALREADY_STORED : Commit.NOT_OPEN;
      }
      if (stored.isPresent()) {
        link(upload.image(), layer.digest(), layer.used());
        tables.change(upload.id(), was -> was.with(State.ENDED));
        return Commit.ALREADY_STORED;
      }
      tables.layers.put(layer.digest(), layer);
      tables.image(upload.image()).layers().add(layer.digest());
      tables.change(upload.id(), was -> was.with(State.COMMITTED));
      return Commit.COMMITTED;
    }
  }
}
