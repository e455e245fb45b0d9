package dev.lamella.local.lambda;

/**
 * One attempt to run a function.
 *
 * @param function the function's logical id in the template
 * @param attempt 1 for the first
 * @param payload JSON; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
public record Invocation(
    String function, String requestId, int attempt, boolean asynchronous, byte[] payload) {}
