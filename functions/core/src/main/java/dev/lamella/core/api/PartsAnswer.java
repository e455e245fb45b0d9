package dev.lamella.core.api;

/**
 * Answers a {@link PartsRequest}, 202.
 *
 * @param dispatched shards that were handed to shard-writers: those that are staged, and are
 *     neither written nor were handed over a moment ago
 * @param batches shard-writer invocations that were made for them
 */
public record PartsAnswer(int dispatched, int batches) {}
