package dev.lamella.core.memory;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What the indexes hold. They look at what each other wrote, so whoever uses it holds its monitor.
 */
final class MemoryTables {

  /** One image: its manifests, where its tags point, and the layers it may read. */
  record Image(
      Map<Digest, Manifest> manifests, NavigableMap<String, Digest> tags, Set<Digest> layers) {
    private Image() {
      this(new HashMap<>(), new TreeMap<>(), new HashSet<>());
    }
  }

  final Map<Digest, Layer> layers = new HashMap<>();
  final Map<LayerId, NavigableMap<Integer, Shard>> shards = new HashMap<>();
  final Map<LayerId, Upload> uploads = new HashMap<>();
  final Map<LayerId, NavigableMap<Integer, Rejection>> rejections = new HashMap<>();
  final Map<LayerId, NavigableMap<Long, Piece>> pieces = new HashMap<>();
  final Map<LayerId, NavigableMap<Integer, ChainState>> states = new HashMap<>();
  final NavigableMap<RepositoryName, Image> images = new TreeMap<>();

  Image image(RepositoryName name) {
    return images.computeIfAbsent(name, _ -> new Image());
  }

  boolean isLinked(RepositoryName image, Digest digest) {
    return layers.containsKey(digest) && image(image).layers.contains(digest);
  }

  void touch(Digest digest, int references, Instant now) {
    layers.computeIfPresent(digest, (_, was) -> was.used(now, references));
  }

  Optional<Upload.State> state(LayerId upload) {
    return Optional.ofNullable(uploads.get(upload)).map(Upload::state);
  }

  void change(LayerId upload, UnaryOperator<Upload> change) {
    uploads.computeIfPresent(upload, (_, was) -> change.apply(was));
  }
}
