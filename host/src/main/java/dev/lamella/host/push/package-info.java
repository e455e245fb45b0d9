/**
 * The method's upload on the container host. Uses source, store, image, work, progress and outcome.
 */
package dev.lamella.host.push;
