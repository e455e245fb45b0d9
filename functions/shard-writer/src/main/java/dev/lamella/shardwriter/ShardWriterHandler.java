package dev.lamella.shardwriter;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.api.Json;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.placement.Placement;
import dev.lamella.core.write.WriteReport;
import dev.lamella.core.write.WriteShards;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;

/**
 * The function {@code shard-writer}: writes a batch of shards. Invoked asynchronously, so at least
 * once.
 */
public final class ShardWriterHandler implements RequestStreamHandler {
  private static final int USUAL_MEMORY_MB = 512;

  /** Shards get this part of the function's memory; the rest is for Java and the connections. */
  private static final int PART_FOR_SHARDS = 4;

  private final WriteShards writeShards;

  public ShardWriterHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public ShardWriterHandler(Map<String, String> variables, InstantSource clock) {
    Environment environment = new Environment(variables);
    Adapters adapters = new Adapters(environment);
    int memory =
        environment.number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", USUAL_MEMORY_MB, 128, 10_240);
    writeShards =
        new WriteShards(
            adapters.uploads(),
            adapters.shards(),
            adapters.layers(),
            adapters.staging(),
            adapters.shardStore(),
            new Placement(environment.storageServers()),
            ChainEngine.best(),
            clock,
            Math.toIntExact(((long) memory << 20) / PART_FOR_SHARDS));
  }

  /**
   * @throws dev.lamella.core.Refusal where the event is not a {@link ShardBatch}
   */
  @Override
  public void handleRequest(InputStream event, OutputStream result, Context context)
      throws IOException {
    ShardBatch batch = Json.read(event.readAllBytes(), ShardBatch.class);
    WriteReport report = writeShards.write(batch);
    context.getLogger().log("upload " + batch.upload() + ": " + report, LogLevel.INFO);
    result.write(Json.write(report));
  }
}
