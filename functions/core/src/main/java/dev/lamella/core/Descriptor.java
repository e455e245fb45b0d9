package dev.lamella.core;

/**
 * What a manifest says of a blob or of another manifest (OCI Image Specification, "Descriptor").
 * Size in bytes.
 */
public record Descriptor(String mediaType, Digest digest, long size) {
  public Descriptor {
    if (size < 0) {
      throw new Refusal(ErrorCode.SIZE_INVALID, "size " + size + " of " + digest + " is negative");
    }
  }
}
