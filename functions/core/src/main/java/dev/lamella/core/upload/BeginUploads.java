package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens the uploads of an upload request: all that the caller has room for, or none. */
final class BeginUploads {
  /** Uploads that are written at a time. */
  private static final int WIDTH = 32;

  private final UploadIndex uploads;
  private final ShardIndex shards;
  private final Admission admission;
  private final UploadSettings settings;
  private final InstantSource clock;

  /**
   * An upload that is not opened yet.
   *
   * @param bytes that it may have in staging
   */
  record Fresh(Upload upload, long bytes) {}

  BeginUploads(
      UploadIndex uploads,
      ShardIndex shards,
      Admission admission,
      UploadSettings settings,
      InstantSource clock) {
    this.uploads = uploads;
    this.shards = shards;
    this.admission = admission;
    this.settings = settings;
    this.clock = clock;
  }

  /** Of a layer that is missing. */
  Fresh of(RepositoryName image, Wanted wanted) {
    Instant now = clock.instant();
    Slicing slicing = Slicing.of(wanted.size(), settings.shardSize());
    return new Fresh(
        Upload.open(
            LayerId.random(),
            image,
            wanted.digest(),
            slicing,
            now,
            now.plus(settings.uploadLifetime())),
        wanted.size());
  }

  /**
   * Of the lost shards of a layer. Empty without records that prove its digest: then it is not
   * known which bytes belong there.
   */
  Optional<Fresh> repair(RepositoryName image, Layer damaged) {
    List<Shard> records = shards.from(damaged.id(), 0, Slicing.MOST_SHARDS);
    if (!(damaged.verdict(records) instanceof Verdict.Proven)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    long lost =
        records.stream().filter(shard -> shard.whole().isEmpty()).mapToLong(Shard::size).sum();
    Instant expires = now.plus(settings.uploadLifetime());
    return Optional.of(
        new Fresh(Upload.repair(LayerId.random(), image, damaged, now, expires), lost));
  }

  /**
   * @throws dev.lamella.core.Refusal {@code TOO_LARGE} or {@code TOOMANYREQUESTS}, with none opened
   */
  void begin(Caller caller, List<Fresh> all) {
    Map<LayerId, Long> bytes = new LinkedHashMap<>();
    for (Fresh fresh : all) {
      if (fresh.upload().repairs().isEmpty()) {
        admission.requireLayer(caller, fresh.bytes());
      }
      bytes.put(fresh.upload().id(), fresh.bytes());
    }
    admission.begin(caller, bytes);
    Parallel.map(
        all,
        WIDTH,
        fresh -> {
          uploads.create(fresh.upload());
          return fresh;
        });
  }
}
