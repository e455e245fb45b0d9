package dev.lamella.core.port;

import java.time.Instant;

/**
 * An object as its storage server knows it.
 *
 * @param key its position there
 * @param size in bytes
 * @param written when it was last written
 * @param etag what its storage server calls its content as it was last written; empty where it does
 *     not say
 */
public record StoredObject(String key, long size, Instant written, String etag) {}
