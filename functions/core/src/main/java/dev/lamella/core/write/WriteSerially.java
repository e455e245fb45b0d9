package dev.lamella.core.write;

import dev.lamella.core.Digest;
import dev.lamella.core.Parallel.Lanes;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.Staging.PartMissing;
import dev.lamella.core.port.UploadIndex;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The serial pass, for a layer whose host sent no chain or whose digest is a sha512: reads the
 * parts in order and makes the chain on the way. Correct, only slower: the whole layer has to pass
 * through one invocation, within its time limit.
 */
final class WriteSerially {
  /** Long before what was taken ends: a shard may have to wait for a lane. */
  private static final Duration TAKE_AGAIN = UploadIndex.PASS.dividedBy(3);

  private final UploadIndex uploads;
  private final ShardIndex index;
  private final StagedShard staged;
  private final StoreShard storeShard;
  private final ServerChoice servers;
  private final ChainEngine engine;
  private final Buffers buffers;
  private final int memory;
  private final InstantSource clock;

  WriteSerially(
      UploadIndex uploads,
      ShardIndex index,
      StagedShard staged,
      StoreShard storeShard,
      ServerChoice servers,
      ChainEngine engine,
      Buffers buffers,
      int memory,
      InstantSource clock) {
    this.uploads = uploads;
    this.index = index;
    this.staged = staged;
    this.storeShard = storeShard;
    this.servers = servers;
    this.engine = engine;
    this.buffers = buffers;
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * As long as no other invocation makes a pass over the upload.
   *
   * @param pass as it was taken when it was handed over, so that the same one may come again
   */
  WriteReport write(Upload upload, PassId pass) {
    if (!uploads.takePass(upload.id(), pass, clock.instant())) {
      return new WriteReport(0, upload.slicing().count(), 0, 0);
    }
    try {
      return writeAll(upload, pass);
    } finally {
      uploads.givePass(upload.id(), pass);
    }
  }

  private WriteReport writeAll(Upload upload, PassId pass) {
    // The one that is read has no lane yet.
    int width = Math.max(1, memory / upload.slicing().shardSize() - 1);
    try (Lanes<Outcome> lanes = new Lanes<>(width)) {
      Optional<Rejection> missing = read(upload, pass, lanes);
      List<Outcome> outcomes = lanes.results();
      Optional<Rejection> rejection =
          missing.or(
              () ->
                  outcomes.stream().map(Outcome::rejection).flatMap(Optional::stream).findFirst());
      rejection.ifPresent(found -> uploads.reject(upload.id(), found));
      int written = (int) outcomes.stream().filter(Outcome::isWritten).count();
      int skipped = (int) outcomes.stream().filter(Outcome::isSkipped).count();
      long bytes = Math.min(upload.slicing().size(), (long) written * upload.slicing().shardSize());
      return new WriteReport(written, skipped, rejection.isPresent() ? 1 : 0, bytes);
    }
  }

  /** What became of a shard. */
  private record Outcome(boolean isSkipped, Optional<Rejection> rejection) {
    boolean isWritten() {
      return !isSkipped && rejection.isEmpty();
    }
  }

  /**
   * Reads and hashes in order, while shards before are still being stored. What it finds out is
   * noted with the state that the same bytes end in, so that it proves no others.
   *
   * @return a rejection where it had to stop
   */
  private Optional<Rejection> read(Upload upload, PassId pass, Lanes<Outcome> lanes) {
    // The chain itself proves a sha256. A layer whose digest is not known yet may have either.
    boolean isSha512 =
        upload.claimed().map(digest -> digest.algorithm() == Digest.Algorithm.SHA512).orElse(true);
    MessageDigest sha512 = Digest.Algorithm.SHA512.start();
    ChainHash chain = engine.start();
    ChainState before = ChainState.INITIAL;
    Instant again = clock.instant().plus(TAKE_AGAIN);
    for (int index = 0; index < upload.slicing().count(); index++) {
      Instant now = clock.instant();
      if (now.isAfter(again)) {
        if (!uploads.takePass(upload.id(), pass, now)) {
          return Optional.empty(); // Another one goes on.
        }
        again = now.plus(TAKE_AGAIN);
      }
      byte[] bytes = buffers.take(upload.slicing().length(0));
      int length = upload.slicing().length(index);
      try {
        var _ = staged.read(upload, index, bytes);
      } catch (PartMissing _) {
        buffers.giveBack(bytes);
        return Optional.of(staged.missing(upload, index));
      }
      chain.update(bytes, 0, length);
      boolean isLast = upload.slicing().isLast(index);
      Link link = new Link(before, isLast ? chain.finish() : chain.state());
      if (isSha512) {
        sha512.update(bytes, 0, length);
      }
      if (isLast && isSha512) {
        // Before the last record: who sees all records must find the proof.
        uploads.prove(upload.id(), new Proven(Digest.sha512(sha512.digest()), link.after()));
      }
      int shard = index;
      lanes.start(
          () -> {
            try {
              return store(upload, shard, link, bytes);
            } finally {
              buffers.giveBack(bytes);
            }
          });
      before = link.after();
    }
    return Optional.empty();
  }

  private Outcome store(Upload upload, int shard, Link link, byte[] bytes) {
    if (isWritten(upload, shard, link)) {
      return new Outcome(true, Optional.empty());
    }
    String server = servers.serverFor(upload.id(), shard);
    return new Outcome(false, storeShard.store(upload, shard, link, server, bytes));
  }

  private boolean isWritten(Upload upload, int shard, Link link) {
    return index.find(upload.id(), List.of(shard)).stream().map(Shard::link).anyMatch(link::equals);
  }
}
