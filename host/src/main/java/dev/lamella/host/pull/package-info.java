/**
 * The method's download on the container host. Uses transfer, source, store, image, lock, work,
 * progress and outcome.
 */
package dev.lamella.host.pull;
