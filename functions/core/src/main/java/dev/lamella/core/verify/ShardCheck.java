package dev.lamella.core.verify;

import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.report.Finding;
import java.util.Optional;

/** A look at one shard, on its own. */
@FunctionalInterface
public interface ShardCheck {

  /**
   * What was seen.
   *
   * @param finding what is wrong, if anything is
   * @param bytes that were read
   * @param requests that were made to the storage server
   */
  record Looked(Optional<Finding> finding, long bytes, int requests) {}

  Looked look(Layer layer, Shard shard);

  /** Something wrong with a shard that has a record. */
  static Finding finding(Layer layer, Shard shard, Finding.Kind kind, String why) {
    return new Finding(layer.digest(), shard.index(), kind, shard.server(), shard.key(), why);
  }
}
