package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
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
import java.util.OptionalInt;
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
  private final Descriptor layer;
  private final ShardMap first;
  private final Slicing slicing;
  private final Map<Integer, Entry> renewed = new HashMap<>();

  ShardUrls(StoreClient store, RepositoryName image, Descriptor layer) {
    this.store = store;
    this.image = image;
    this.layer = layer;
    this.first = store.shards(image, layer.digest(), 0);
    this.slicing = slicing(first);
  }

  Slicing slicing() {
    return slicing;
  }

  /** Takes every shard, in order; the chain is whole when this returns. */
  void forEach(Consumer<Entry> action) {
    ChainState before = ChainState.INITIAL;
    int index = 0;
    for (ShardMap page = first; ; page = page(index)) {
      for (Entry entry : page.map()) {
        if (entry.index() != index || !entry.before().equals(before)) {
          throw wrong("shard %d does not follow on shard %d".formatted(entry.index(), index - 1));
        }
        before = entry.after();
        index++;
        requireEnd(entry);
        action.accept(checked(entry));
      }
      if (index == slicing.count()) {
        return;
      }
      if (page.map().isEmpty() || !page.next().equals(OptionalInt.of(index))) {
        throw wrong("it ends at shard %d of %d".formatted(index, slicing.count()));
      }
    }
  }

  /** A sha512 is no state of the chain: it is proven by a pass over the whole layer. */
  private void requireEnd(Entry entry) {
    if (slicing.isLast(entry.index())
        && layer.digest().algorithm() == Algorithm.SHA256
        && !entry.after().hex().equals(layer.digest().hex())) {
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
    ShardMap page = store.shards(image, layer.digest(), from);
    if (!slicing(page).equals(slicing)) {
      throw wrong("its shards are others than before: pull again");
    }
    return page;
  }

  private Slicing slicing(ShardMap map) {
    if (map.digest().equals(layer.digest()) && map.size() == layer.size()) {
      try {
        Slicing found = new Slicing(map.size(), map.shardSize());
        if (found.count() == map.shards()) {
          return found;
        }
      } catch (IllegalArgumentException _) {
        // It is no slicing at all.
      }
    }
    throw wrong("it is of %s with %d bytes".formatted(map.digest(), map.size()));
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
        ExitCode.WRONG_CONTENT,
        "the store's shard map is not of %s with %d bytes: %s"
            .formatted(layer.digest(), layer.size(), why));
  }
}
