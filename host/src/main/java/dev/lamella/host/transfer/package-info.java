/**
 * One blob, sent to a store or fetched from it, whatever it comes from or goes to: a file, memory,
 * or a stream that passes by. Knows no images, tags or terminals. Uses store, work, progress and
 * outcome.
 */
package dev.lamella.host.transfer;
