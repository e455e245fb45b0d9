package dev.lamella.local.storage;

import java.time.Instant;

/** What a HEAD says of an object. */
record ObjectHead(String etag, Instant lastModified, long length) {}
