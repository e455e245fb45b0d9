package dev.lamella.core.api;

/**
 * Asks for a collection.
 *
 * @param dryRun only to say what would be removed
 */
public record CollectionRequest(boolean dryRun) {}
