package dev.lamella.core.api;

import dev.lamella.core.RepositoryName;

/**
 * {@code POST /v1/uploads/unsized}: an upload of a layer that the host has not seen the end of.
 * Answered by an {@link UploadProgress} without digest and size. All its parts but the last have
 * the shard size, and are announced with their links, each once a byte has followed it. At its end
 * the host sends an {@link UploadRequest} with digest and size, that names this upload as the one
 * to resume: the answer has the last part's place.
 */
public record UnsizedRequest(RepositoryName image) {}
