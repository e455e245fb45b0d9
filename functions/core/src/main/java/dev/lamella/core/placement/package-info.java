/** The distribution algorithm: which storage server gets which shard. */
package dev.lamella.core.placement;
