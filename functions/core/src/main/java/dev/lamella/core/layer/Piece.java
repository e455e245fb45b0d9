package dev.lamella.core.layer;

/**
 * A staged piece of a layer that comes in chunks: a chunk is cut at the boundaries of shards, so
 * that a piece is never in two shards.
 *
 * @param offset where it begins in the layer, in bytes
 * @param length its bytes, at least 1
 */
public record Piece(long offset, int length, StagedPart part) {
  public Piece {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("a piece of " + length + " bytes at " + offset);
    }
  }

  public long end() {
    return offset + length;
  }
}
