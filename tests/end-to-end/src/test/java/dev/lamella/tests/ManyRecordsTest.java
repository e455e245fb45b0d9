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
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.local.lambda.InvocationResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The janitor gets through many records. With {@code -Drecords=100000} it is the figure of
 * benchmarks/README.md.
 */
class ManyRecordsTest extends StackTest {
  private static final int UPLOADS = 50;
  private static final int WIDTH = 16;
  private static final int BATCH = 25;

  @Test
  void collect_manyRecordsOfExpiredUploads_leavesNone() throws Exception {
    int each = Integer.getInteger("records", 2_000) / UPLOADS;
    Adapters adapters = new Adapters(new Environment(stack().environment("JanitorFunction")));
    ShardIndex shards = adapters.shards();
    List<Upload> uploads = IntStream.range(0, UPLOADS).mapToObj(_ -> expired(each)).toList();
    uploads.forEach(adapters.uploads()::create);
    try (DynamoDbClient dynamoDb = Inventory.dynamoDb(stack().environment("JanitorFunction"))) {
      String table = stack().environment("JanitorFunction").get("TABLE");
      for (Upload upload : uploads) {
        List<List<WriteRequest>> batches =
            IntStream.range(0, each)
                .mapToObj(index -> put(upload, index))
                .gather(Gatherers.windowFixed(BATCH))
                .toList();
        Parallel.map(
            batches,
            WIDTH,
            batch -> dynamoDb.batchWriteItem(write -> write.requestItems(Map.of(table, batch))));
      }
    }

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
    String name = Objects.requireNonNull(stack().template().names().get("JanitorFunction"));
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

  /** A shard record as the functions write it, but many at a time. */
  private static WriteRequest put(Upload upload, int index) {
    AttributeValue state = AttributeValue.fromB(SdkBytes.fromByteArray(ChainState.INITIAL.bytes()));
    Map<String, AttributeValue> copy =
        Map.of(
            "server", AttributeValue.fromS("s" + index % 4),
            "key", AttributeValue.fromS(Shard.prefixOf(upload.id()) + index),
            "checksum", AttributeValue.fromS("crc32c:AAAAAA=="),
            "etag", AttributeValue.fromS(""),
            "state", AttributeValue.fromS("WHOLE"));
    Map<String, AttributeValue> item =
        Map.ofEntries(
            Map.entry("PK", AttributeValue.fromS("SHARDS#" + upload.id())),
            Map.entry("SK", AttributeValue.fromS("SHARD#%08d".formatted(index))),
            Map.entry("index", number(index)),
            Map.entry("image", AttributeValue.fromS(upload.image().value())),
            Map.entry("offset", number(upload.slicing().offset(index))),
            Map.entry("size", number(SHARD)),
            Map.entry("copies", AttributeValue.fromL(List.of(AttributeValue.fromM(copy)))),
            Map.entry("before", state),
            Map.entry("after", state));
    return WriteRequest.builder().putRequest(put -> put.item(item)).build();
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
