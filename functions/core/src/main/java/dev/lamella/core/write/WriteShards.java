package dev.lamella.core.write;

import dev.lamella.core.Parallel;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.LinkCheck;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.PartMissing;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The method's upload steps 6 and 7 for a batch of shards, all at once: reads the staged bytes,
 * checks each link of the digest chain on its own, writes exactly the bytes it checked to the
 * shard's storage server, then the shard record.
 */
public final class WriteShards {
  private final UploadIndex uploads;
  private final IntactShards intact;
  private final StagedShard staged;
  private final StoreShard storeShard;
  private final WriteSerially serially;
  private final ChainEngine engine;
  private final InstantSource clock;
  private final int memory;
  private final Buffers buffers = new Buffers();

  /**
   * @param memory bytes of shards to hold at a time; one shard is held whatever its size
   */
  public WriteShards(
      UploadIndex uploads,
      ShardIndex index,
      LayerIndex layers,
      Staging staging,
      ShardStore store,
      ServerChoice servers,
      ChainEngine engine,
      InstantSource clock,
      int memory) {
    this.uploads = uploads;
    this.intact = new IntactShards(index, layers);
    this.staged = new StagedShard(staging, uploads);
    this.storeShard = new StoreShard(store, index, layers, uploads, servers, clock);
    this.serially =
        new WriteSerially(
            uploads, index, staged, storeShard, servers, engine, buffers, memory, clock);
    this.engine = engine;
    this.clock = clock;
    this.memory = memory;
  }

  /**
   * Idempotent. Shards that are written already, and not damaged, and those of an upload that is no
   * longer open, are skipped. What a host did wrong is noted as a rejection; what failed on our
   * side is thrown once the other shards are done, so that the batch comes again.
   *
   * <p>A part whose bytes are wrong is removed before that is noted, since parts are put once: who
   * is told of a rejection can send it again. One that was sent again meanwhile stays. What is
   * killed in between comes again, and finds the part missing.
   */
  public WriteReport write(ShardBatch batch) {
    Optional<Upload> open = uploads.find(batch.upload()).filter(this::takes);
    if (open.isEmpty()) {
      return new WriteReport(0, batch.shards().size(), 0, 0);
    }
    Upload upload = open.get();
    if (batch.isSerial()) {
      return serially.write(upload, batch.pass().orElseGet(PassId::random));
    }
    return batch
        .bytes()
        .map(text -> Base64.getDecoder().decode(text))
        .map(sent -> write(upload, batch.shards(), (_, into) -> copy(sent, into)))
        .orElseGet(
            () -> write(upload, batch.shards(), (index, into) -> staged.read(upload, index, into)));
  }

  /**
   * The janitor has one that is staged whole written also when it has expired, and then ends it.
   */
  private boolean takes(Upload upload) {
    return upload.isOpen(clock.instant())
        || (upload.state() == Upload.State.OPEN && upload.source() instanceof Source.Whole);
  }

  /** Where the bytes of a shard come from: fills the beginning of an array with them. */
  @FunctionalInterface
  private interface Bytes {
    /**
     * @return as {@link StagedShard#read}
     */
    Optional<String> read(int index, byte[] into) throws PartMissing;
  }

  private static Optional<String> copy(byte[] sent, byte[] into) {
    System.arraycopy(sent, 0, into, 0, sent.length);
    return Optional.empty();
  }

  private WriteReport write(Upload upload, List<Task> tasks, Bytes source) {
    Set<Integer> done =
        intact.find(upload, tasks.stream().map(Task::index).toList()).stream()
            .map(Shard::index)
            .collect(Collectors.toSet());
    List<Task> left = tasks.stream().filter(task -> !done.contains(task.index())).toList();
    int width = Math.max(1, memory / upload.slicing().shardSize());
    int size = upload.slicing().length(0);
    List<Optional<Rejection>> outcomes =
        Parallel.map(
            left,
            width,
            task -> buffers.lend(size, bytes -> writeOne(upload, task, source, bytes)));
    List<Rejection> rejections = outcomes.stream().flatMap(Optional::stream).toList();
    rejections.forEach(rejection -> uploads.reject(upload.id(), rejection));
    Set<Integer> rejected = rejections.stream().map(Rejection::index).collect(Collectors.toSet());
    long bytes =
        left.stream()
            .filter(task -> !rejected.contains(task.index()))
            .mapToLong(task -> upload.slicing().length(task.index()))
            .sum();
    return new WriteReport(left.size() - rejections.size(), done.size(), rejections.size(), bytes);
  }

  private Optional<Rejection> writeOne(Upload upload, Task task, Bytes source, byte[] bytes) {
    Optional<String> tag;
    try {
      tag = source.read(task.index(), bytes);
    } catch (PartMissing _) {
      return Optional.of(staged.missing(upload, task.index()));
    }
    LinkCheck check = new LinkCheck(engine, upload.slicing(), task.index(), task.link());
    check.update(bytes, 0, upload.slicing().length(task.index()));
    return switch (check.finish()) {
      case Verdict.Proven() ->
          storeShard.store(upload, task.index(), task.link(), task.server(), bytes);
      case Verdict.Broken _ -> Optional.of(staged.reject(upload, task.index(), tag));
    };
  }
}
