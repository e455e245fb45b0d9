package dev.lamella.host.pull;

/**
 * Something that refers to the image, and could not be had; the image is whole without it.
 *
 * @param what with its digest or tag
 */
public record LeftOut(String what, String reason) {}
