package dev.lamella.core.memory;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
  public Optional<Layer> find(RepositoryName image, Digest digest) {
    synchronized (tables) {
      return find(digest).filter(_ -> tables.isLinked(image, digest));
    }
  }

  @Override
  public List<RepositoryName> imagesOf(
      Digest digest, String prefix, Optional<RepositoryName> last, int limit) {
    synchronized (tables) {
      return tables.images.entrySet().stream()
          .filter(entry -> entry.getValue().layers().contains(digest))
          .map(Map.Entry::getKey)
          .filter(image -> image.value().startsWith(prefix))
          .filter(image -> last.map(image::compareTo).orElse(1) > 0)
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
      tables.use(digest, now);
      tables.link(image, digest);
      return true;
    }
  }

  @Override
  public Page<Layer> unreferenced(Instant cutoff, Optional<String> cursor, int limit) {
    synchronized (tables) {
      List<Digest> looked =
          tables.layers.keySet().stream()
              .filter(
                  digest -> cursor.map(last -> digest.toString().compareTo(last) > 0).orElse(true))
              .sorted(Comparator.comparing(Digest::toString))
              .limit(limit)
              .toList();
      List<Layer> found =
          looked.stream()
              .flatMap(digest -> Stream.ofNullable(tables.layers.get(digest)))
              .filter(layer -> isUnused(layer, cutoff))
              .toList();
      return new Page<>(
          found,
          looked.size() < limit ? Optional.empty() : Optional.of(looked.getLast().toString()));
    }
  }

  private boolean isUnused(Layer layer, Instant cutoff) {
    return layer.used().isBefore(cutoff) && !isNamed(layer.digest(), cutoff);
  }

  /** No put is ever half done here. */
  @Override
  public boolean isNamed(Digest digest, Instant since) {
    synchronized (tables) {
      return tables.images.keySet().stream().anyMatch(image -> tables.isNamed(image, digest));
    }
  }

  @Override
  public boolean condemn(Layer layer, Instant cutoff) {
    synchronized (tables) {
      boolean holds =
          find(layer.digest())
              .filter(stored -> stored.id().equals(layer.id()) && isUnused(stored, cutoff))
              .isPresent();
      if (holds) {
        tables.layers.remove(layer.digest());
        tables.change(layer.id(), was -> was.condemned(cutoff));
        tables.settled.remove(layer.id());
      }
      return holds;
    }
  }

  @Override
  public void forgetLinks(Digest digest) {
    synchronized (tables) {
      if (!tables.layers.containsKey(digest)) {
        tables.images.values().forEach(image -> image.layers().remove(digest));
      }
    }
  }

  @Override
  public boolean isAwaited(RepositoryName image, Digest digest) {
    synchronized (tables) {
      return !tables.image(image).layers().contains(digest)
          && tables.image(image).manifests().values().stream()
              .anyMatch(manifest -> MemoryTables.names(manifest.external(), digest));
    }
  }

  @Override
  public boolean mayAwait(RepositoryName image) {
    synchronized (tables) {
      return tables.image(image).manifests().values().stream()
          .anyMatch(manifest -> !manifest.external().isEmpty());
    }
  }

  @Override
  public Unlink unlink(RepositoryName image, Digest digest, Instant now) {
    synchronized (tables) {
      if (!tables.isLinked(image, digest)) {
        return Unlink.NOT_LINKED;
      }
      if (tables.isNamed(image, digest)) {
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
      if (stored.isPresent() && stored.get().isDamaged() && upload.repairs().isEmpty()) {
        tables.change(stored.get().id(), was -> was.condemned(layer.committed()));
        tables.settled.remove(stored.get().id());
        tables.layers.put(layer.digest(), layer);
        tables.link(upload.image(), layer.digest());
        tables.change(upload.id(), was -> was.with(State.COMMITTED));
        return Commit.COMMITTED;
      }
      if (stored.isPresent()) {
        if (stored.get().id().equals(upload.layer())) {
          tables.layers.put(layer.digest(), stored.get().on(layer.servers()));
        }
        link(upload.image(), layer.digest(), layer.used());
        tables.change(upload.id(), was -> was.with(State.ENDED));
        return Commit.ALREADY_STORED;
      }
      if (upload.repairs().isPresent()) {
        return Commit.NOT_OPEN;
      }
      tables.layers.put(layer.digest(), layer);
      tables.link(upload.image(), layer.digest());
      tables.change(upload.id(), was -> was.with(State.COMMITTED));
      return Commit.COMMITTED;
    }
  }

  @Override
  public List<Due> due(Instant before, Optional<String> after, int limit) {
    synchronized (tables) {
      return tables.layers.values().stream()
          .filter(layer -> checked(layer).isBefore(before))
          .map(layer -> new Due(layer, "%s %s".formatted(place(layer), layer.digest())))
          .filter(due -> after.map(last -> due.place().compareTo(last) > 0).orElse(true))
          .sorted(Comparator.comparing(Due::place))
          .limit(limit)
          .toList();
    }
  }

  private Instant checked(Layer layer) {
    return tables.checked.getOrDefault(layer.id(), layer.committed());
  }

  private String place(Layer layer) {
    Instant checked = checked(layer);
    return "%019d.%09d".formatted(checked.getEpochSecond(), checked.getNano());
  }

  @Override
  public List<Digest> layersOf(RepositoryName image, Optional<Digest> last, int limit) {
    synchronized (tables) {
      return tables.image(image).layers().stream()
          .filter(
              digest ->
                  last.map(after -> digest.toString().compareTo(after.toString()) > 0).orElse(true))
          .sorted(Comparator.comparing(Digest::toString))
          .limit(limit)
          .toList();
    }
  }

  @Override
  public boolean damage(Digest digest, LayerId id, Collection<Integer> shards) {
    synchronized (tables) {
      boolean isNoted = changeDamage(digest, id, damaged -> damaged.addAll(shards));
      if (isNoted) {
        tables.assemblies.remove(id);
      }
      return isNoted;
    }
  }

  @Override
  public void repaired(Digest digest, LayerId id, int shard) {
    synchronized (tables) {
      changeDamage(digest, id, damaged -> damaged.remove(shard));
    }
  }

  private boolean changeDamage(Digest digest, LayerId id, Consumer<SortedSet<Integer>> change) {
    Optional<Layer> layer = find(digest).filter(stored -> stored.id().equals(id));
    layer.ifPresent(
        stored -> {
          SortedSet<Integer> damaged = new TreeSet<>(stored.damaged());
          change.accept(damaged);
          tables.layers.put(digest, stored.damaged(damaged));
        });
    return layer.isPresent();
  }
}
