/**
 * The digest chain: a SHA-256 seen as the chain of its states at the shard boundaries, so that each
 * shard of a layer can be verified on its own, in any order and on any machine, against the layer's
 * plain sha256 digest.
 */
package dev.lamella.core.chain;
