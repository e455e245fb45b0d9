package dev.lamella.core.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.ShardBatch.Task;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Ranges of two parts that were one after the other at the same place make none of them. */
  @Test
  void write_partThatChangesWhileItIsRead_removesNothingAndIsTriedAgain() {
    byte[] layer = new byte[5 << 20];
    new Random(2).nextBytes(layer);
    ShardBatch batch = batch(layer, layer.length);
    staging.put(batch.upload(), 0, new byte[layer.length]);
    AtomicInteger reads = new AtomicInteger();
    WriteShards writer =
        writer(
            layer.length,
            new CyclicBarrier(1),
            () -> {
              if (reads.incrementAndGet() == 2) {
                staging.put(batch.upload(), 0, layer);
              }
            });

    assertThatThrownBy(() -> writer.write(batch)).isInstanceOf(Unavailable.class);

    assertThat(staging.staged(batch.upload())).isEqualTo(Map.of(0, (long) layer.length));
    assertThat(index.uploads().rejections(batch.upload())).isEmpty();
    assertThat(writer.write(batch).written()).isEqualTo(1);
  }

  private WriteShards writer(int memory, CyclicBarrier together) {
    return writer(memory, together, () -> {});
  }

  /**
   * @param together so many shards are put at the same time, or none is
   */
  private WriteShards writer(int memory, CyclicBarrier together, Runnable beforeRead) {
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
        watched(beforeRead),
        meeting,
        (_, shard) -> "s" + shard % 3,
        ChainEngine.best(),
        () -> NOW,
        memory);
  }

  private Staging watched(Runnable beforeRead) {
    return (Staging)
        Proxy.newProxyInstance(
            Staging.class.getClassLoader(),
            new Class<?>[] {Staging.class},
            (_, method, arguments) -> {
              synchronized (staging) {
                if (method.getName().equals("read")) {
                  beforeRead.run();
                }
                try {
                  return method.invoke(staging, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }
            });
  }

  private ShardBatch batch() {
    return batch(LAYER, SHARD);
  }

  /** All shards of a layer that is staged. */
  private ShardBatch batch(byte[] layer, int shardSize) {
    Chain chain = Chain.of(ChainEngine.best(), layer, shardSize);
    Upload upload =
        Upload.open(
            LayerId.random(),
            new RepositoryName("team/app"),
            Digest.of(Digest.Algorithm.SHA256, layer),
            new Slicing(layer.length, shardSize),
            NOW,
            NOW.plus(Duration.ofHours(1)));
    index.uploads().create(upload);
    int count = upload.slicing().count();
    for (int i = 0; i < count; i++) {
      staging.put(upload.id(), i, Arrays.copyOfRange(layer, i * shardSize, (i + 1) * shardSize));
    }
    return new ShardBatch(
        upload.id(),
        IntStream.range(0, count).mapToObj(i -> new Task(i, chain.link(i), "s" + i % 3)).toList());
  }
}
