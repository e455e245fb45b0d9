package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.Json;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.local.lambda.InvocationResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The janitor gets through many records. With {@code -Drecords=100000} it is the figure of
 * benchmarks/README.md.
 */
class ManyRecordsTest extends StackTest {
  private static final int UPLOADS = 50;
  private static final int WIDTH = 16;

  @Test
  void collect_manyRecordsOfExpiredUploads_leavesNone() throws Exception {
    int each = Integer.getInteger("records", 2_000) / UPLOADS;
    Adapters adapters = new Adapters(new Environment(stack().environment("JanitorFunction")));
    ShardIndex shards = adapters.shards();
    List<Upload> uploads = IntStream.range(0, UPLOADS).mapToObj(_ -> expired(each)).toList();
    Parallel.map(
        uploads,
        WIDTH,
        upload -> {
          adapters.uploads().create(upload);
          IntStream.range(0, each).forEach(index -> shards.put(shard(upload, index)));
          return upload;
        });

    Instant begun = Instant.now();
    CollectionRun run = collect();
    System.out.printf(
        "Janitor: %d records in %.1f s%n",
        each * UPLOADS, Duration.between(begun, Instant.now()).toMillis() / 1e3);

    assertThat(run.isRunning()).isFalse();
    assertThat(run.found())
        .filteredOn(tally -> tally.of() == Step.UPLOADS)
        .allSatisfy(tally -> assertThat(tally.count()).isEqualTo(UPLOADS));
    assertThat(uploads)
        .allSatisfy(
            upload -> {
              assertThat(shards.from(upload.id(), 0, 1)).isEmpty();
              assertThat(adapters.uploads().find(upload.id())).isEmpty();
            });
  }

  private CollectionRun collect() throws Exception {
    String name = stack().template().names().get("JanitorFunction");
    byte[] event = "{\"full\":true}".getBytes(StandardCharsets.UTF_8);
    InvocationResult result = stack().lambda().invoke(name, event);
    return switch (result) {
      case InvocationResult.Completed(_, byte[] payload) -> Json.read(payload, CollectionRun.class);
      default -> throw new AssertionError(result.toString());
    };
  }

  private static Upload expired(int shards) {
    Instant past = Instant.now().minus(Duration.ofDays(1));
    LayerId id = LayerId.random();
    return Upload.open(
        id,
        new RepositoryName("team/app"),
        Digest.of(Digest.Algorithm.SHA256, id.value().getBytes(StandardCharsets.UTF_8)),
        new Slicing((long) shards * SHARD, SHARD),
        past.minus(Duration.ofDays(1)),
        past);
  }

  private static Shard shard(Upload upload, int index) {
    Link link = new Link(ChainState.INITIAL, ChainState.INITIAL);
    return new Shard(
        upload.image(),
        upload.id(),
        index,
        upload.slicing().offset(index),
        SHARD,
        "s" + index % 4,
        Shard.keyOf(upload.id(), index, link),
        "crc32c:AAAAAA==",
        link);
  }
}
