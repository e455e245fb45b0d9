package dev.lamella.host.pull;

import dev.lamella.host.image.Platform;
import java.util.Optional;

/**
 * @param parallel connections for shards, over all layers
 * @param platform where given, of an index only its image of that platform is pulled
 * @param durable whether files are flushed to the disk before they get their names, so that a power
 *     cut leaves nothing unproven; it costs what the disk takes to write them
 * @param withReferrers whether what refers to the image comes with it
 */
public record PullOptions(
    int parallel, Optional<Platform> platform, boolean durable, boolean withReferrers) {
  public PullOptions {
    if (parallel < 1) {
      throw new IllegalArgumentException("at least one connection is needed, not " + parallel);
    }
  }

  /** With what refers to the image. */
  public PullOptions(int parallel, Optional<Platform> platform, boolean durable) {
    this(parallel, platform, durable, true);
  }
}
