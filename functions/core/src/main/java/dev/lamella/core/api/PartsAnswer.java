package dev.lamella.core.api;

/**
 * Answers a {@link PartsRequest}, 202.
 *
 * @param dispatched shards that were handed to shard-writers
 * @param batches shard-writer invocations that were made for them
 */
public record PartsAnswer(int dispatched, int batches) {}
