package dev.lamella.local.lambda;

/** How a call to Lambda ended. */
public sealed interface InvocationResult {

  /** The function answered. */
  @SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
  record Completed(String requestId, byte[] payload) implements InvocationResult {}

  /** The function threw, ran out of time, or answered too much: what X-Amz-Function-Error tells. */
  record Failed(String requestId, FunctionError error) implements InvocationResult {}

  /** An asynchronous invocation was put into the queue. */
  record Accepted(String requestId) implements InvocationResult {}

  /** Lambda did not take the call; the function did not run. */
  record Rejected(Rejection reason, String message) implements InvocationResult {}
}
