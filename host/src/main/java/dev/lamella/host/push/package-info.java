/**
 * The method's upload on the container host. Uses transfer, source, store, image, work, progress
 * and outcome.
 */
package dev.lamella.host.push;
