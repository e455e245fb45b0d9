/** Bringing damaged shards anew: the same bytes, by the links that are recorded of them. */
package dev.lamella.core.repair;
