package dev.lamella.core.report;

import java.time.Instant;

/**
 * An object on a storage server that no shard record names.
 *
 * @param size in bytes
 * @param written when it was last written
 */
public record Orphan(String server, String key, long size, Instant written) {}
