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
 * Reads each copy of a shard and checks its link of the digest chain, while the bytes stream by.
 * What seems wrong is read once more: it may have been repaired, or broken on the way.
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
    return Looked.sum(Parallel.map(StoredCopy.of(shards), WIDTH, copy -> look(layer, copy)));
  }

  private Looked look(Layer layer, StoredCopy of) {
    if (!store.reaches(of.copy().server())) {
      return ShardCheck.unknownServer(layer, List.of(of));
    }
    Looked first = read(layer, of);
    if (first.findings().isEmpty()) {
      return first;
    }
    Looked second = read(layer, of);
    return new Looked(
        second.findings(), first.bytes() + second.bytes(), first.requests() + second.requests());
  }

  private Looked read(Layer layer, StoredCopy of) {
    Shard shard = of.shard();
    LinkCheck check = new LinkCheck(engine, layer.slicing(), shard.index(), shard.link());
    byte[] buffer = new byte[Math.min(BUFFER, Math.max(1, shard.size()))];
    long bytes = 0;
    try (InputStream in = store.read(of.copy())) {
      // One byte more than the shard has tells that there are too many.
      for (int read = in.read(buffer); read >= 0 && bytes <= shard.size(); read = in.read(buffer)) {
        check.update(buffer, 0, read);
        bytes += read;
      }
    } catch (FileNotFoundException _) {
      return found(layer, of, Kind.MISSING, "its storage server has no such object", bytes);
    } catch (IOException | Unavailable e) {
      return found(layer, of, Kind.UNREAD, "it could not be read: " + e.getMessage(), bytes);
    }
    if (bytes != shard.size()) {
      String size = bytes > shard.size() ? "more than " + shard.size() : Long.toString(bytes);
      return found(
          layer,
          of,
          Kind.WRONG_SIZE,
          "it has " + size + " bytes instead of " + shard.size(),
          bytes);
    }
    return switch (check.finish()) {
      case Verdict.Proven() -> Looked.at(Optional.empty(), bytes, 1);
      case Verdict.Broken(_, String why) -> found(layer, of, Kind.WRONG_BYTES, why, bytes);
    };
  }

  private static Looked found(Layer layer, StoredCopy of, Kind kind, String why, long bytes) {
    Finding finding = ShardCheck.finding(layer, of, kind, why);
    return Looked.at(Optional.of(finding), bytes, 1);
  }
}
