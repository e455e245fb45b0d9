package dev.lamella.core.memory;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Work;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

  /**
   * One image: its manifests, those of them that were released and when, where its tags point, and
   * the layers it may read.
   */
  record Image(
      Map<Digest, Manifest> manifests,
      Map<Digest, Instant> released,
      NavigableMap<String, Digest> tags,
      Set<Digest> layers) {
    private Image() {
      this(new HashMap<>(), new HashMap<>(), new TreeMap<>(), new HashSet<>());
    }
  }

  final Map<Digest, Layer> layers = new HashMap<>();
  final Map<LayerId, NavigableMap<Integer, Shard>> shards = new HashMap<>();
  final Map<LayerId, Upload> uploads = new HashMap<>();
  final Set<LayerId> settled = new HashSet<>();
  final Map<LayerId, NavigableMap<Integer, Rejection>> rejections = new HashMap<>();
  final Map<LayerId, Pass> passes = new HashMap<>();
  final Map<LayerId, Map<Integer, Instant>> handed = new HashMap<>();
  final Map<RepositoryName, Set<LayerId>> expected = new HashMap<>();
  final Map<LayerId, Assembly> assemblies = new HashMap<>();
  final Map<LayerId, NavigableMap<Long, Piece>> pieces = new HashMap<>();
  final Map<LayerId, NavigableMap<Integer, ChainState>> states = new HashMap<>();
  final NavigableMap<RepositoryName, Image> images = new TreeMap<>();

  /** When a deep verification was last done with a layer, where one was. */
  final Map<LayerId, Instant> checked = new HashMap<>();

  /** The deep job that has a layer in work, and until when. */
  final Map<LayerId, Claim> claims = new HashMap<>();

  final NavigableMap<ReportId, Job> jobs = new TreeMap<>(Comparator.comparing(ReportId::value));

  /** Who makes the serial pass over an upload, and until when that is believed. */
  record Pass(PassId id, Instant until) {}

  record Claim(ReportId job, Instant until) {}

  /** A verification job, what it has in work, and what it found. */
  static final class Job {
    final NavigableMap<Digest, Work> works = new TreeMap<>(Comparator.comparing(Digest::toString));
    final NavigableMap<String, Finding> findings = new TreeMap<>();

    Report report;

    Job(Report report) {
      this.report = report;
    }
  }

  Image image(RepositoryName name) {
    return images.computeIfAbsent(name, _ -> new Image());
  }

  boolean isLinked(RepositoryName image, Digest digest) {
    return layers.containsKey(digest) && image(image).layers.contains(digest);
  }

  void link(RepositoryName name, Digest digest) {
    image(name).layers.add(digest);
  }

  /** Whether a manifest of the image names a layer; an external one, if the image may read it. */
  boolean isNamed(RepositoryName name, Digest digest) {
    return image(name).manifests.values().stream()
        .anyMatch(
            manifest ->
                names(manifest.blobs(), digest)
                    || (names(manifest.external(), digest) && isLinked(name, digest)));
  }

  static boolean names(List<Descriptor> descriptors, Digest digest) {
    return descriptors.stream().anyMatch(named -> named.digest().equals(digest));
  }

  void use(Digest digest, Instant now) {
    layers.computeIfPresent(digest, (_, was) -> was.used(now));
  }

  Optional<Upload.State> state(LayerId upload) {
    return Optional.ofNullable(uploads.get(upload)).map(Upload::state);
  }

  void change(LayerId upload, UnaryOperator<Upload> change) {
    uploads.computeIfPresent(upload, (_, was) -> change.apply(was));
  }
}
