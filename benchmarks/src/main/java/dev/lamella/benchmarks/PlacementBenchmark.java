package dev.lamella.benchmarks;

import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.StorageServer;
import dev.lamella.core.placement.Placement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Cutting and placing the largest layer: 10,000 shards, time for all of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlacementBenchmark {
  private static final int SHARD_SIZE = 8 << 20;

  @Param({"4", "32"})
  public int servers;

  @Param({"false", "true"})
  public boolean weighted;

  private final LayerId layer = new LayerId("000102030405060708090a0b0c0d0e0f");
  private long size = (long) Slicing.MOST_SHARDS * SHARD_SIZE;
  private Placement placement = placement(1, false);

  @Setup
  public void setUp() {
    placement = placement(servers, weighted);
  }

  @Benchmark
  public void place(Blackhole blackhole) {
    for (int index = 0; index < Slicing.MOST_SHARDS; index++) {
      blackhole.consume(placement.serverFor(layer, index));
    }
  }

  @Benchmark
  public void slice(Blackhole blackhole) {
    Slicing slicing = Slicing.of(size, SHARD_SIZE);
    for (int index = 0; index < slicing.count(); index++) {
      blackhole.consume(slicing.offset(index));
      blackhole.consume(slicing.length(index));
    }
  }

  private static Placement placement(int count, boolean weighted) {
    return new Placement(
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new StorageServer(
                        "s" + i,
                        "bucket-" + i,
                        "eu-central-1",
                        Optional.empty(),
                        weighted ? 1 + 31 * i : 1,
                        StorageServer.State.ACTIVE))
            .toList());
  }
}
