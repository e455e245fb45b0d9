/**
 * What the store holds of an image, and a picture of it. Uses store, image, terminal and outcome.
 */
package dev.lamella.host.inspect;
