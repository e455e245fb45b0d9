package dev.lamella.host.push;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.host.image.Hashes;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.source.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Hashes a layer once, in order, noting the state at each shard boundary: digest and chain
 * together.
 */
final class HashPass {
  private static final int BUFFER = 256 << 10;

  /** Takes each link as it becomes known. */
  interface Links {
    void linked(int index, Link link);
  }

  private final FileChannel channel;
  private final Region region;
  private final Digest digest;

  HashPass(FileChannel channel, Region region, Digest digest) {
    this.channel = channel;
    this.region = region;
    this.digest = digest;
  }

  /**
   * @throws HostFailure {@code WRONG_CONTENT} where the content is not what the digest names; the
   *     last link has not been told then
   */
  void run(Slicing slicing, Links links) {
    if (digest.algorithm() != Algorithm.SHA256) {
      require(
          Hashes.digest(
              digest.algorithm(), channel, region.file(), region.offset(), region.length()));
      return;
    }
    ChainHash hash = ChainEngine.best().start();
    ChainState before = ChainState.INITIAL;
    int index = 0;
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.clamp(region.length(), 1, BUFFER));
    while (hash.count() < region.length()) {
      fill(buffer, hash.count());
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
  private void fill(ByteBuffer buffer, long from) {
    try {
      buffer.clear().limit((int) Math.min(buffer.capacity(), region.length() - from));
      if (channel.read(buffer, region.offset() + from) < 0) {
        throw new HostFailure(
            ExitCode.BAD_SOURCE, region.file() + " became shorter while it was being pushed");
      }
      buffer.flip();
    } catch (IOException e) {
      throw LocalFile.failure("read", region.file(), e);
    }
  }

  private void require(Digest found) {
    if (!found.equals(digest)) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          ("blob %s does not match its content, which is %s, in %s from byte %d on:"
                  + " build or save it again")
              .formatted(digest, found, region.file(), region.offset()));
    }
  }
}
