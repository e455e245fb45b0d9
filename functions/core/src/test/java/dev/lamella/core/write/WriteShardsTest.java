package dev.lamella.core.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.ShardStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a shard-writer does at the same time, and with how much memory. */
class WriteShardsTest {
  private static final int SHARD = 256;
  private static final int SHARDS = 12;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] LAYER = new byte[SHARDS * SHARD];

  static {
    new Random(1).nextBytes(LAYER);
  }

  private final MemoryIndex index = MemoryIndex.create();
  private final MemoryStaging staging = new MemoryStaging();

  /** The arrays that shards were put from, by what they are and not by what is in them. */
  private final Set<byte[]> buffers =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  @Test
  void write_batch_writesInParallelFromAsManyBuffersAsItsMemoryHolds() {
    int width = 3;

    WriteReport report = writer(width * SHARD, new CyclicBarrier(width)).write(batch());

    assertThat(report.written()).isEqualTo(SHARDS);
    assertThat(buffers).hasSize(width);
  }

  @Test
  void write_memoryForLessThanAShard_holdsOne() {
    WriteReport report = writer(SHARD - 1, new CyclicBarrier(1)).write(batch());

    assertThat(report.written()).isEqualTo(SHARDS);
    assertThat(buffers).hasSize(1);
  }

  /**
   * @param together so many shards are put at the same time, or none is
   */
  private WriteShards writer(int memory, CyclicBarrier together) {
    MemoryShardStore store = new MemoryShardStore();
    ShardStore meeting =
        (ShardStore)
            Proxy.newProxyInstance(
                ShardStore.class.getClassLoader(),
                new Class<?>[] {ShardStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("put")) {
                    buffers.add((byte[]) arguments[2]);
                    together.await(20, TimeUnit.SECONDS);
                  }
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new WriteShards(
        index.uploads(),
        index.shards(),
        index.layers(),
        staging,
        meeting,
        (_, shard) -> "s" + shard % 3,
        ChainEngine.best(),
        () -> NOW,
        memory);
  }

  /** All shards of a layer that is staged. */
  private ShardBatch batch() {
    Chain chain = Chain.of(ChainEngine.best(), LAYER, SHARD);
    Upload upload =
        Upload.open(
            LayerId.random(),
            new RepositoryName("team/app"),
            Digest.of(Digest.Algorithm.SHA256, LAYER),
            new Slicing(LAYER.length, SHARD),
            NOW,
            NOW.plus(Duration.ofHours(1)));
    index.uploads().create(upload);
    for (int i = 0; i < SHARDS; i++) {
      byte[] part = new byte[SHARD];
      System.arraycopy(LAYER, i * SHARD, part, 0, SHARD);
      staging.put(upload.id(), i, part);
    }
    return new ShardBatch(
        upload.id(),
        IntStream.range(0, SHARDS).mapToObj(i -> new Task(i, chain.link(i), "s" + i % 3)).toList());
  }
}
