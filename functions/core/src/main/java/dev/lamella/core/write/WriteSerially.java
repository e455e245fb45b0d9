package dev.lamella.core.write;

import dev.lamella.core.Digest;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.Staging.PartMissing;
import dev.lamella.core.port.UploadIndex;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * The serial pass, for a layer whose host sent no chain or whose digest is a sha512: reads the
 * parts in order and makes the chain on the way. Correct, only slower: the whole layer has to pass
 * through one invocation, within its time limit.
 */
final class WriteSerially {
  private final UploadIndex uploads;
  private final ShardIndex index;
  private final StagedShard staged;
  private final StoreShard storeShard;
  private final ServerChoice servers;
  private final ChainEngine engine;
  private final Buffers buffers;

  WriteSerially(
      UploadIndex uploads,
      ShardIndex index,
      StagedShard staged,
      StoreShard storeShard,
      ServerChoice servers,
      ChainEngine engine,
      Buffers buffers) {
    this.uploads = uploads;
    this.index = index;
    this.staged = staged;
    this.storeShard = storeShard;
    this.servers = servers;
    this.engine = engine;
    this.buffers = buffers;
  }

  WriteReport write(Upload upload) {
    return buffers.lend(upload.slicing().length(0), bytes -> write(upload, bytes));
  }

  private WriteReport write(Upload upload, byte[] bytes) {
    // The chain itself proves a sha256. Of a layer whose digest is not known yet it may be either.
    boolean isSha512 =
        upload.claimed().map(digest -> digest.algorithm() == Digest.Algorithm.SHA512).orElse(true);
    MessageDigest sha512 = sha512();
    ChainHash chain = engine.start();
    ChainState before = ChainState.INITIAL;
    int count = upload.slicing().count();
    int written = 0;
    int skipped = 0;
    for (int shard = 0; shard < count; shard++) {
      int length = upload.slicing().length(shard);
      try {
        staged.read(upload, shard, bytes);
      } catch (PartMissing _) {
        uploads.reject(upload.id(), new Rejection(shard, Reason.NOT_STAGED));
        return new WriteReport(written, skipped, 1, bytesOf(upload, written));
      }
      chain.update(bytes, 0, length);
      sha512.update(bytes, 0, length);
      boolean isLast = upload.slicing().isLast(shard);
      Link link = new Link(before, isLast ? chain.finish() : chain.state());
      if (isLast && isSha512) {
        // Before the last record: who sees all records must find the proof.
        uploads.prove(upload.id(), Digest.sha512(sha512.digest()));
      }
      if (isWritten(upload, shard, link)) {
        skipped++;
      } else {
        Optional<Rejection> rejection =
            storeShard.store(upload, shard, link, servers.serverFor(upload.id(), shard), bytes);
        if (rejection.isPresent()) {
          uploads.reject(upload.id(), rejection.get());
          return new WriteReport(written, skipped, 1, bytesOf(upload, written));
        }
        written++;
      }
      before = link.after();
    }
    return new WriteReport(written, skipped, 0, bytesOf(upload, written));
  }

  private boolean isWritten(Upload upload, int shard, Link link) {
    return index.find(upload.id(), List.of(shard)).stream().map(Shard::link).anyMatch(link::equals);
  }

  private static long bytesOf(Upload upload, int written) {
    return Math.min(upload.slicing().size(), (long) written * upload.slicing().shardSize());
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance(Digest.Algorithm.SHA512.javaName());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-512", e);
    }
  }
}
