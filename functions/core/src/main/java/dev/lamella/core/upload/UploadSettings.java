package dev.lamella.core.upload;

import java.time.Duration;

/**
 * What an operator may tune on the write side.
 *
 * @param shardSize preferred bytes of a shard, 5 to 128 MiB
 * @param shardsPerBatch shards that one shard-writer invocation gets, 1 to 64
 * @param uploadLifetime after this an upload that was not completed ends
 * @param patience how long complete waits for the last shards before it answers that they are still
 *     to come
 */
public record UploadSettings(
    int shardSize, int shardsPerBatch, Duration uploadLifetime, Duration patience) {}
