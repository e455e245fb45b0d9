package dev.lamella.core.verify;

import dev.lamella.core.Parallel;
import dev.lamella.core.Unavailable;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.LinkCheck;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Finding.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Reads a shard and checks its link of the digest chain, while the bytes stream by. What seems
 * wrong is read once more: it may have been repaired, or broken on the way.
 */
public final class DeepCheck implements ShardCheck {
  /** So small that what came is hashed while the processor's cache has it. */
  private static final int BUFFER = 64 << 10;

  private static final int WIDTH = 8;

  private final ShardStore store;
  private final ChainEngine engine;

  public DeepCheck(ShardStore store, ChainEngine engine) {
    this.store = store;
    this.engine = engine;
  }

  @Override
  public Looked look(Layer layer, List<Shard> shards) {
    return Looked.sum(Parallel.map(shards, WIDTH, shard -> look(layer, shard)));
  }

  private Looked look(Layer layer, Shard shard) {
    if (!store.reaches(shard.server())) {
      return ShardCheck.unknownServer(layer, List.of(shard));
    }
    Looked first = read(layer, shard);
    if (first.findings().isEmpty()) {
      return first;
    }
    Looked second = read(layer, shard);
    return new Looked(
        second.findings(), first.bytes() + second.bytes(), first.requests() + second.requests());
  }

  private Looked read(Layer layer, Shard shard) {
    LinkCheck check = new LinkCheck(engine, layer.slicing(), shard.index(), shard.link());
    byte[] buffer = new byte[Math.min(BUFFER, Math.max(1, shard.size()))];
    long bytes = 0;
    try (InputStream in = store.read(shard)) {
      // One byte more than the shard has tells that there are too many.
      for (int read = in.read(buffer); read >= 0 && bytes <= shard.size(); read = in.read(buffer)) {
        check.update(buffer, 0, read);
        bytes += read;
      }
    } catch (FileNotFoundException _) {
      return found(layer, shard, Kind.MISSING, "its storage server has no such object", bytes);
    } catch (IOException | Unavailable e) {
      return found(layer, shard, Kind.UNREAD, "it could not be read: " + e.getMessage(), bytes);
    }
    if (bytes != shard.size()) {
      String size = bytes > shard.size() ? "more than " + shard.size() : Long.toString(bytes);
      return found(
          layer,
          shard,
          Kind.WRONG_SIZE,
          "it has " + size + " bytes instead of " + shard.size(),
          bytes);
    }
    return switch (check.finish()) {
      case Verdict.Proven() -> Looked.at(Optional.empty(), bytes, 1);
      case Verdict.Broken(_, String why) -> found(layer, shard, Kind.WRONG_BYTES, why, bytes);
    };
  }

  private static Looked found(Layer layer, Shard shard, Kind kind, String why, long bytes) {
    Finding finding = ShardCheck.finding(layer, shard, kind, why);
    return Looked.at(Optional.of(finding), bytes, 1);
  }
}
