package dev.lamella.core.layer;

import dev.lamella.core.Digest;
import dev.lamella.core.chain.ChainState;

/**
 * What one pass over all bytes of a layer found, where it is not the chain that proves the digest:
 * bytes whose chain ends in this state have this digest. True of those bytes alone: it proves
 * nothing of shard records that end in another state.
 *
 * @param end the state after the last shard, which is the SHA-256 of those very bytes
 */
public record Proven(Digest digest, ChainState end) {}
