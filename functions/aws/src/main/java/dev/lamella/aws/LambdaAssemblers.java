package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.api.AssemblyRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.Assemblers;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/**
 * Assemblers by asynchronous invocation: one that outlasts the request that asked for it still
 * comes to its end.
 */
final class LambdaAssemblers implements Assemblers {
  private final LambdaClient lambda;
  private final String function;

  /**
   * @param function name or ARN of the assembler function
   */
  LambdaAssemblers(LambdaClient lambda, String function) {
    this.lambda = lambda;
    this.function = function;
  }

  @Override
  public void begin(Digest layer) {
    byte[] event = Json.write(new AssemblyRequest(layer));
    Faults.translated(
        "Lambda",
        () ->
            lambda.invoke(
                invoke ->
                    invoke
                        .functionName(function)
                        .invocationType(InvocationType.EVENT)
                        .payload(SdkBytes.fromByteArrayUnsafe(event))));
  }
}
