package dev.lamella.core.upload;

import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Brings an upload to its end of which all bytes are there, wherever they are: has the shards
 * written that are missing, waits a while for their records, and commits the layer.
 */
public final class SettleUpload {
  private final AwaitShards awaitShards;
  private final CommitLayer commitLayer;
  private final MissingShards missingShards;

  /**
   * @param patience how long to wait for shard records at most
   */
  public SettleUpload(
      LayerIndex layers,
      UploadIndex uploads,
      Staging staging,
      IntactShards intact,
      FanOut fanOut,
      ChainEngine engine,
      Duration patience,
      InstantSource clock) {
    this.awaitShards = new AwaitShards(intact, uploads, patience, clock);
    this.commitLayer = new CommitLayer(layers, uploads, staging, clock);
    this.missingShards = new MissingShards(uploads, intact, fanOut, engine);
  }

  AwaitShards awaitShards() {
    return awaitShards;
  }

  CommitLayer commitLayer() {
    return commitLayer;
  }

  MissingShards missingShards() {
    return missingShards;
  }

  /** Has the missing shards of an upload written, now or soon. */
  @FunctionalInterface
  interface HandOver {
    void handOver(Upload upload, WrittenShards written);
  }

  /**
   * Idempotent.
   *
   * @return the layer that is stored; empty where shards are still to come: settle again
   * @throws dev.lamella.core.Refusal {@code DIGEST_INVALID} where the bytes have another digest;
   *     {@code SHARD_INVALID} where shard-writers rejected some
   * @throws dev.lamella.core.Unavailable naming the storage servers, where none takes a shard
   */
  Optional<Layer> settle(Upload upload, HandOver missing) {
    return write(upload, missing).map(shards -> commitLayer.commit(upload, shards));
  }

  /** The same without the commit: of an upload of which it is not known yet what it is. */
  Optional<List<Shard>> write(Upload upload, HandOver missing) {
    WrittenShards written = awaitShards.begin(upload);
    if (!written.isComplete()) {
      missing.handOver(upload, written);
      if (!awaitShards.await(upload, written)) {
        return Optional.empty();
      }
    }
    return Optional.of(written.inOrder());
  }
}
