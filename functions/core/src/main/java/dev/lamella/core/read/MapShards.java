package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl.Access;
import java.util.List;
import java.util.OptionalInt;

/**
 * The method's download steps 1 and 2: where the shards of a layer are, with URLs to get them in
 * parallel.
 */
public final class MapShards {
  /** At up to 2 KB a signed URL, a page stays far below the 6 MB of a function's answer. */
  static final int PAGE = 1_000;

  private final ServedLayers served;
  private final ShardIndex shards;
  private final ShardStore store;

  public MapShards(ServedLayers served, ShardIndex shards, ShardStore store) {
    this.served = served;
    this.shards = shards;
    this.store = store;
  }

  /**
   * @param from index of the first shard wanted
   * @throws Refusal {@code BLOB_UNKNOWN} where the layer is not stored, or the image may not read
   *     it: the answer is the same, so that knowing a digest opens nothing; {@code REQUEST_INVALID}
   *     where the layer has no shard {@code from}
   */
  public ShardMap page(RepositoryName image, Digest digest, int from) {
    Layer layer = served.require(image, digest);
    int count = layer.slicing().count();
    if (!layer.slicing().has(from)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "layer " + digest + " has shards 0 to " + (count - 1) + ", not " + from);
    }
    List<ShardMap.Entry> map =
        shards.from(layer.id(), from, PAGE).stream().map(this::entry).toList();
    if (map.size() < Math.min(PAGE, count - from)) {
      throw new Refusal(
          ErrorCode.BLOB_UNKNOWN,
          "layer " + digest + " has just been collected: push it again, if it is still wanted");
    }
    int end = from + map.size();
    return new ShardMap(
        digest,
        layer.slicing().size(),
        layer.slicing().shardSize(),
        count,
        map,
        end < count ? OptionalInt.of(end) : OptionalInt.empty());
  }

  private ShardMap.Entry entry(Shard shard) {
    Copy copy = shard.requireWhole();
    return new ShardMap.Entry(
        shard.index(),
        shard.offset(),
        shard.size(),
        copy.server(),
        shard.link().before(),
        shard.link().after(),
        store.sign(copy, Access.GET).uri());
  }
}
