package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.ShardMap.Entry;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The shard map of a blob, a page at a time. The store is not believed: a map has to fit the blob's
 * descriptor, and its links have to make one chain that ends in the digest. Thread-safe.
 */
final class ShardUrls {
  /** Names are kept for the report; the store's own have at most 32 characters. */
  private static final int LONGEST_SERVER = 255;

  private final StoreClient store;
  private final RepositoryName image;
  private final Digest layer;
  private final ShardMap first;
  private final Slicing slicing;
  private final Map<Integer, Entry> renewed = new HashMap<>();

  /**
   * @param size that the map has to say, in bytes; empty where its reader knows the digest alone,
   *     which proves the size with the last shard
   */
  ShardUrls(StoreClient store, RepositoryName image, Digest layer, OptionalLong size) {
    this.store = store;
    this.image = image;
    this.layer = layer;
    this.first = store.shards(image, layer, 0);
    this.slicing = slicing(first, size.orElse(first.size()));
  }

  Slicing slicing() {
    return slicing;
  }

  /**
   * Takes some of the shards, or all, in order; their chain is whole when this returns. Where the
   * first is not the layer's, it begins where the map says.
   *
   * @param from the first of them
   * @param to the one after the last of them
   */
  void forEach(int from, int to, Consumer<Entry> action) {
    Optional<ChainState> before = from == 0 ? Optional.of(ChainState.INITIAL) : Optional.empty();
    int index = from;
    for (ShardMap page = from == 0 ? first : page(from); ; page = page(index)) {
      for (Entry entry : page.map()) {
        if (entry.index() != index || !entry.before().equals(before.orElse(entry.before()))) {
          throw wrong("shard %d does not follow on shard %d".formatted(entry.index(), index - 1));
        }
        before = Optional.of(entry.after());
        index++;
        requireEnd(entry);
        action.accept(checked(entry));
        if (index == to) {
          return;
        }
      }
      if (page.map().isEmpty() || !page.next().equals(OptionalInt.of(index))) {
        throw wrong("it ends at shard %d of %d".formatted(index, slicing.count()));
      }
    }
  }

  /** A sha512 is no state of the chain: it is proven by a pass over the whole layer. */
  private void requireEnd(Entry entry) {
    if (slicing.isLast(entry.index())
        && layer.algorithm() == Algorithm.SHA256
        && !entry.after().hex().equals(layer.hex())) {
      throw wrong("its chain ends in " + entry.after());
    }
  }

  /** The same shard by another URL than one that was refused. */
  synchronized Entry fresh(Entry refused) {
    Entry known = renewed.get(refused.index());
    if (known == null || known.url().equals(refused.url())) {
      renewed.clear();
      page(refused.index()).map().forEach(entry -> renewed.put(entry.index(), entry));
      known = renewed.get(refused.index());
    }
    if (known == null || !link(known).equals(link(refused))) {
      throw wrong("shard %d is another than before".formatted(refused.index()));
    }
    return checked(known);
  }

  static Link link(Entry entry) {
    return new Link(entry.before(), entry.after());
  }

  private ShardMap page(int from) {
    ShardMap page = store.shards(image, layer, from);
    if (!slicing(page, page.size()).equals(slicing)) {
      throw wrong("its shards are others than before: pull again");
    }
    return page;
  }

  private Slicing slicing(ShardMap map, long size) {
    if (map.digest().equals(layer) && map.size() == size) {
      try {
        Slicing found = new Slicing(map.size(), map.shardSize());
        if (found.count() == map.shards()) {
          return found;
        }
      } catch (IllegalArgumentException _) {
        // It is no slicing at all.
      }
    }
    throw wrong(
        "it is of %s with %d bytes, where %d are due".formatted(map.digest(), map.size(), size));
  }

  private Entry checked(Entry entry) {
    int index = entry.index();
    if (entry.server().length() > LONGEST_SERVER) {
      throw wrong("the name of a storage server has over " + LONGEST_SERVER + " characters");
    }
    if (!slicing.has(index)
        || entry.offset() != slicing.offset(index)
        || entry.size() != slicing.length(index)) {
      throw wrong("shard %d is at %d".formatted(index, entry.offset()));
    }
    return entry;
  }

  private HostFailure wrong(String why) {
    return new HostFailure(
        ExitCode.WRONG_CONTENT, "the store's shard map is not of %s: %s".formatted(layer, why));
  }
}
