package dev.lamella.core.layer;

import dev.lamella.core.LayerId;

/** Names one object in the staging of an upload. */
public record StagedPart(String name) {

  /** A whole layer in one object, as a client put it there. */
  public static final StagedPart WHOLE = new StagedPart("whole");

  /** What a host sends of a layer that it described before: one part for each shard. */
  public static StagedPart ofShard(int index) {
    return new StagedPart(Integer.toString(index));
  }

  /**
   * A piece of a chunk. Its name is another at each attempt, so that of two who send the same
   * offset at once none overwrites what the other has recorded.
   */
  public static StagedPart ofChunk(long offset) {
    return new StagedPart(offset + "-" + LayerId.random());
  }
}
