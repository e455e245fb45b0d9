package dev.lamella.core.access;

import java.time.Instant;

/**
 * A public key that tokens of this store may be signed with.
 *
 * @param key in X.509 form, as Java encodes it, in base64
 * @param until not trusted any more
 */
public record TrustedKey(String id, String key, Instant created, Instant until) {}
