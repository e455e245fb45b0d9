package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import dev.lamella.core.api.Json;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.port.ShardWriters;
import java.time.Duration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/**
 * Shard-writers by asynchronous invocation: Lambda queues the batch, retries it, and may repeat. By
 * a synchronous one where the bytes go along.
 */
public final class LambdaShardWriters implements ShardWriters {
  /**
   * So long a shard-writer has for its shard, also where it has to ask several storage servers;
   * well under the 29 s that API Gateway gives the caller.
   */
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final AsynchronousFunction function;

  LambdaShardWriters(AsynchronousFunction function) {
    this.function = function;
  }

  @Override
  public void dispatch(ShardBatch batch) {
    function.invoke(ShardWriters.event(batch));
  }

  @Override
  public void write(ShardBatch batch, byte[] bytes) {
    byte[] event = Json.write(batch.with(bytes));
    InvokeResponse answer =
        Faults.translated(
            "Lambda",
            () ->
                function
                    .lambda()
                    .invoke(
                        invoke ->
                            invoke
                                .functionName(function.name())
                                .invocationType(InvocationType.REQUEST_RESPONSE)
                                .overrideConfiguration(
                                    limits ->
                                        limits.apiCallAttemptTimeout(ANSWER).apiCallTimeout(ANSWER))
                                .payload(SdkBytes.fromByteArrayUnsafe(event))));
    if (answer.functionError() != null) {
      throw new Unavailable(
          "the shard-writer", new IllegalStateException(answer.payload().asUtf8String()));
    }
  }
}
