/**
 * The method's download on the container host. Uses source, store, image, work, progress and
 * outcome.
 */
package dev.lamella.host.pull;
