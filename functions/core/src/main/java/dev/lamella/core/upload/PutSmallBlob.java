package dev.lamella.core.upload;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Stores a layer whose bytes all came with one call: one shard, which one shard-writer gets with
 * its bytes, past staging.
 */
public final class PutSmallBlob {
  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final FanOut fanOut;
  private final AwaitShards awaitShards;
  private final SettleUpload settleUpload;
  private final ChainEngine engine;
  private final UploadSettings settings;
  private final InstantSource clock;

  public PutSmallBlob(
      LayerIndex layers,
      UploadIndex uploads,
      FanOut fanOut,
      SettleUpload settleUpload,
      ChainEngine engine,
      UploadSettings settings,
      InstantSource clock) {
    this.layers = layers;
    this.uploads = uploads;
    this.fanOut = fanOut;
    this.awaitShards = settleUpload.awaitShards();
    this.settleUpload = settleUpload;
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether a layer of so many bytes can be stored so. */
  boolean takes(int size) {
    return size <= Math.min(ShardWriters.MOST_BYTES, settings.shardSize());
  }

  /** Whether this is the digest of no bytes at all. */
  boolean isEmpty(Digest digest) {
    return Digest.of(digest.algorithm(), new byte[0]).equals(digest);
  }

  /**
   * Idempotent.
   *
   * @param admission is given the upload before it is opened, where the bytes are not stored yet
   * @throws Refusal {@code DIGEST_INVALID} where the bytes have another digest
   * @throws Unavailable where no shard-writer could be had, or no storage server takes the shard:
   *     then it names them
   */
  void put(RepositoryName image, Digest digest, byte[] bytes, Consumer<Upload> admission) {
    ChainHash hash = engine.start();
    hash.update(bytes, 0, bytes.length);
    ChainState end = hash.finish();
    Digest found =
        digest.algorithm() == Digest.Algorithm.SHA256
            ? Digest.sha256(end.bytes())
            : Digest.of(digest.algorithm(), bytes);
    if (!found.equals(digest)) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "what was sent, "
              + Counted.of(bytes.length, "byte")
              + ", has the digest "
              + found
              + ", not "
              + digest);
    }
    Instant now = clock.instant();
    // Who has the bytes may read them, and one copy is enough.
    boolean isWhole = layers.find(digest).filter(layer -> !layer.isDamaged()).isPresent();
    if (isWhole && layers.link(image, digest, now)) {
      return;
    }
    Upload upload =
        new Upload(
            LayerId.random(),
            image,
            Optional.of(digest),
            new Slicing(bytes.length, settings.shardSize()),
            new Source.Call(),
            Upload.State.OPEN,
            now,
            now.plus(settings.uploadLifetime()),
            true,
            Optional.of(new Proven(digest, end)));
    admission.accept(upload);
    uploads.create(upload);
    Link link = new Link(ChainState.INITIAL, end);
    if (settleUpload.settle(upload, (_, none) -> write(upload, link, bytes, none)).isEmpty()) {
      throw new Unavailable(
          "the shard-writer", new IllegalStateException("no record of upload " + upload.id()));
    }
  }

  private void write(Upload upload, Link link, byte[] bytes, WrittenShards none) {
    try {
      fanOut.write(upload, link, bytes);
    } catch (Unavailable e) {
      awaitShards.requireNoneRejected(upload, none);
      throw e;
    }
  }
}
