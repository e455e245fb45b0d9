package dev.lamella.core.chain;

/**
 * What is claimed, or proven, of one shard.
 *
 * @param after the state after the shard; of a layer's last shard, the layer's sha256 digest
 */
public record Link(ChainState before, ChainState after) {}
