package dev.lamella.local.lambda;

/**
 * An event that was given up.
 *
 * @param function the function's logical id
 * @param target ARN of the queue that AWS would send it to; empty if the template names none, and
 *     then AWS drops the event
 */
@SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
public record DeadLetter(
    String function,
    String requestId,
    byte[] payload,
    FunctionError error,
    int attempts,
    String target) {}
