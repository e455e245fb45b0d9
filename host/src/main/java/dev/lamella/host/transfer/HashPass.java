package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.nio.ByteBuffer;

/**
 * Hashes a blob once, in order, noting the state at each shard boundary: digest and chain together.
 */
final class HashPass {
  private static final int BUFFER = 256 << 10;

  /** Takes each link as it becomes known. */
  interface Links {
    void linked(int index, Link link);
  }

  private final BlobSource source;
  private final Digest digest;

  HashPass(BlobSource source, Digest digest) {
    this.source = source;
    this.digest = digest;
  }

  /**
   * @throws HostFailure {@code WRONG_CONTENT} where the content is not what the digest names; the
   *     last link has not been told then
   */
  void run(Slicing slicing, Links links) {
    if (digest.algorithm() != Algorithm.SHA256) {
      require(SerialDigest.of(digest.algorithm(), source, slicing.size()));
      return;
    }
    ChainHash hash = ChainEngine.best().start();
    ChainState before = ChainState.INITIAL;
    int index = 0;
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.clamp(slicing.size(), 1, BUFFER));
    while (hash.count() < slicing.size()) {
      fill(buffer, hash.count(), slicing.size());
      while (buffer.hasRemaining()) {
        boolean isFull = hash.updateToBoundary(buffer, slicing.shardSize());
        if (isFull && !slicing.isLast(index)) {
          ChainState after = hash.state();
          links.linked(index, new Link(before, after));
          before = after;
          index++;
        }
      }
    }
    ChainState end = hash.finish();
    require(Digest.sha256(end.bytes()));
    links.linked(index, new Link(before, end));
  }

  /** With what comes next, at least one byte. */
  private void fill(ByteBuffer buffer, long from, long size) {
    buffer.clear().limit((int) Math.min(buffer.capacity(), size - from));
    if (source.read(buffer, from) < 0) {
      throw BlobUpload.tooShort(source);
    }
    buffer.flip();
  }

  private void require(Digest found) {
    if (!found.equals(digest)) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "blob %s does not match its content, which is %s, in %s: build or save it again"
              .formatted(digest, found, source));
    }
  }
}
