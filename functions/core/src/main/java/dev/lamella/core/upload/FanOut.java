package dev.lamella.core.upload;

import dev.lamella.core.Parallel;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardWriters;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The method's upload steps 4 to 6: gives each shard its storage server, and batches of shards to
 * parallel shard-writers.
 */
public final class FanOut {
  /** Hand-overs at a time: each is a short request. */
  private static final int WIDTH = 64;

  private final ServerChoice servers;
  private final ShardWriters writers;
  private final int shardsPerBatch;

  public FanOut(ServerChoice servers, ShardWriters writers, int shardsPerBatch) {
    this.servers = servers;
    this.writers = writers;
    this.shardsPerBatch = shardsPerBatch;
  }

  /**
   * Twice is as once: a shard that is written is not written again.
   *
   * @param links by shard index
   * @return how many batches were handed over
   */
  int dispatch(Upload upload, SortedMap<Integer, Link> links) {
    List<ShardBatch> batches = new ArrayList<>();
    List<ShardBatch.Task> tasks = new ArrayList<>();
    links.forEach(
        (index, link) -> {
          tasks.add(new ShardBatch.Task(index, link, servers.serverFor(upload.id(), index)));
          if (tasks.size() == shardsPerBatch) {
            batches.add(new ShardBatch(upload.id(), tasks));
            tasks.clear();
          }
        });
    if (!tasks.isEmpty()) {
      batches.add(new ShardBatch(upload.id(), tasks));
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

  /** Hands over the serial pass: one invocation that reads the whole upload in order. */
  void dispatchSerially(Upload upload) {
    writers.dispatch(ShardBatch.serial(upload.id()));
  }
}
