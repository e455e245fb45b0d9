package dev.lamella.core.write;

/**
 * What a shard-writer invocation did.
 *
 * @param written shards that were proven and written
 * @param skipped shards that were written before, or whose upload is no longer open
 * @param rejected shards whose staged bytes were not what the host said
 * @param bytes of the shards written
 */
public record WriteReport(int written, int skipped, int rejected, long bytes) {}
