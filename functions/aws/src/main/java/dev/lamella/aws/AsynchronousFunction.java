package dev.lamella.aws;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/**
 * A function that is invoked asynchronously: Lambda queues the event, retries it, and may repeat.
 *
 * @param name name or ARN
 */
record AsynchronousFunction(LambdaClient lambda, String name) {

  void invoke(byte[] event) {
    Faults.translated(
        "Lambda",
        () ->
            lambda.invoke(
                invoke ->
                    invoke
                        .functionName(name)
                        .invocationType(InvocationType.EVENT)
                        .payload(SdkBytes.fromByteArrayUnsafe(event))));
  }
}
