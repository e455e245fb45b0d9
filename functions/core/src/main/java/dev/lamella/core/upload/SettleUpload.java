package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;

/**
 * Brings an upload to its end of which all bytes are there: hands over the shards that are still
 * missing, waits a while for their records, and commits the layer.
 */
public final class SettleUpload {
  private final ChainedShards chainedShards;
  private final FanOut fanOut;
  private final AwaitShards awaitShards;
  private final CommitLayer commitLayer;

  public SettleUpload(
      ChainedShards chainedShards,
      FanOut fanOut,
      AwaitShards awaitShards,
      CommitLayer commitLayer) {
    this.chainedShards = chainedShards;
    this.fanOut = fanOut;
    this.awaitShards = awaitShards;
    this.commitLayer = commitLayer;
  }

  /**
   * Twice is as once.
   *
   * @return false where shards are still to come: settle again
   * @throws dev.lamella.core.Refusal {@code DIGEST_INVALID} where the bytes have another digest
   */
  boolean settle(Upload upload) {
    WrittenShards written = awaitShards.begin(upload);
    if (!written.isComplete()) {
      awaitShards.tryAgain(upload);
      if (!dispatched(upload, written)) {
        fanOut.dispatchSerially(upload);
      }
      if (!awaitShards.await(upload, written)) {
        return false;
      }
    }
    commitLayer.commit(upload, written.inOrder());
    return true;
  }

  /** Shard by shard, where the chain proves the digest, or it was proven as the bytes came. */
  private boolean dispatched(Upload upload, WrittenShards written) {
    boolean isProven =
        upload.digest().algorithm() == Digest.Algorithm.SHA256
            || upload.proven().map(Proven::digest).equals(upload.claimed());
    if (isProven && upload.source() instanceof Source.Chunks chunks) {
      chainedShards.dispatchMissing(upload, written, chunks.hash());
      return true;
    }
    return false;
  }
}
