package dev.lamella.core.upload;

import dev.lamella.core.Parallel;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * The method's upload steps 4 to 6: gives each shard its storage server, and batches of shards to
 * parallel shard-writers.
 */
public final class FanOut {
  /** Hand-overs at a time: each is a short request. */
  private static final int WIDTH = 64;

  private final UploadIndex uploads;
  private final ServerChoice servers;
  private final ShardWriters writers;
  private final int shardsPerBatch;
  private final InstantSource clock;

  public FanOut(
      UploadIndex uploads,
      ServerChoice servers,
      ShardWriters writers,
      int shardsPerBatch,
      InstantSource clock) {
    this.uploads = uploads;
    this.servers = servers;
    this.writers = writers;
    this.shardsPerBatch = shardsPerBatch;
    this.clock = clock;
  }

  /**
   * Idempotent: a shard that is written is not written again. What somebody handed over a moment
   * ago is not handed over once more: calls that come again, or many at once, make no more
   * invocations.
   *
   * @param links by shard index
   */
  PartsAnswer dispatch(Upload upload, SortedMap<Integer, Link> links) {
    List<Task> tasks = new ArrayList<>();
    links.forEach(
        (index, link) ->
            tasks.add(new Task(index, link, servers.serverFor(upload.layer(), index))));
    return dispatch(upload, tasks);
  }

  /**
   * Takes back rejections of the upload, so that their shards can be handed over once more.
   *
   * @param which of them
   */
  void forgive(Upload upload, Predicate<Rejection> which) {
    List<Integer> rejected =
        uploads.rejections(upload.id()).stream().filter(which).map(Rejection::index).toList();
    if (!rejected.isEmpty()) {
      Set<Integer> forgiven = uploads.forgive(upload.id(), rejected);
      uploads.unclaim(upload.id(), forgiven, clock.instant());
    }
  }

  /**
   * Has damaged shards written anew, to where they are recorded, or, where that storage server
   * takes no shards any more, to another one. Idempotent, as {@link #dispatch} is.
   *
   * @param records of the shards to be written
   */
  PartsAnswer repair(Upload upload, List<Shard> records) {
    return dispatch(
        upload,
        records.stream()
            .map(shard -> new Task(shard.index(), shard.link(), serverFor(shard)))
            .toList());
  }

  private String serverFor(Shard shard) {
    String recorded = shard.toRepair().getFirst().server();
    return servers.takes(recorded)
        ? recorded
        : servers.serversFor(shard.layer(), shard.index()).stream()
            .filter(server -> shard.on(server).isEmpty())
            .findFirst()
            .orElse(recorded);
  }

  private PartsAnswer dispatch(Upload upload, List<Task> tasks) {
    Instant now = clock.instant();
    Set<Integer> mine = uploads.claim(upload.id(), tasks.stream().map(Task::index).toList(), now);
    List<Task> left = tasks.stream().filter(task -> mine.contains(task.index())).toList();
    try {
      return new PartsAnswer(left.size(), handOver(upload, left));
    } catch (RuntimeException e) {
      uploads.unclaim(upload.id(), mine, now); // Whoever tries again is not to wait.
      throw e;
    }
  }

  private int handOver(Upload upload, List<Task> tasks) {
    List<ShardBatch> batches = new ArrayList<>();
    for (int from = 0; from < tasks.size(); from += shardsPerBatch) {
      int to = Math.min(tasks.size(), from + shardsPerBatch);
      batches.add(new ShardBatch(upload.id(), tasks.subList(from, to)));
    }
    Parallel.map(
        batches,
        WIDTH,
        batch -> {
          writers.dispatch(batch);
          return batch;
        });
    return batches.size();
  }

  /** Has the one shard of a layer written whose bytes are all at hand, and waits for it. */
  void write(Upload upload, Link link, byte[] bytes) {
    ShardBatch.Task task = new ShardBatch.Task(0, link, servers.serverFor(upload.id(), 0));
    writers.write(new ShardBatch(upload.id(), List.of(task)), bytes);
  }

  /**
   * Hands over the serial pass: one invocation that reads the whole upload in order. Nothing
   * happens where one is being made: however many ask, one at a time is.
   */
  void dispatchSerially(Upload upload) {
    PassId pass = PassId.random();
    if (!uploads.takePass(upload.id(), pass, clock.instant())) {
      return;
    }
    try {
      writers.dispatch(ShardBatch.serial(upload.id(), pass));
    } catch (RuntimeException e) {
      uploads.givePass(upload.id(), pass);
      throw e;
    }
  }
}
