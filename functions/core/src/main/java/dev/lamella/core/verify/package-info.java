/** Verification jobs: proving, layer by layer and shard by shard, that nothing was lost. */
package dev.lamella.core.verify;
