package dev.lamella.embedded;

import java.time.Instant;

/** What a HEAD says of an object. */
record ObjectHead(String etag, Instant lastModified, long length) {}
