package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Poll;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.Assemblers;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where a client that knows nothing of shards gets a layer: by one URL, to its only shard or to the
 * object that its shards are assembled to.
 */
public final class LocateBlob {
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final ServedLayers served;
  private final ShardIndex shards;
  private final ShardStore store;
  private final AssemblyIndex index;
  private final AssembledLayers assembled;
  private final ReadyLayers ready;
  private final Assemblers assemblers;
  private final Poll poll;
  private final InstantSource clock;

  /**
   * @param patience how long to wait for a layer to be assembled
   */
  public LocateBlob(
      ServedLayers served,
      ShardIndex shards,
      ShardStore store,
      AssemblyIndex index,
      AssembledLayers assembled,
      Assemblers assemblers,
      Duration patience,
      InstantSource clock) {
    this.served = served;
    this.shards = shards;
    this.store = store;
    this.index = index;
    this.assembled = assembled;
    this.ready = new ReadyLayers(assembled);
    this.assemblers = assemblers;
    this.poll = new Poll(patience, clock);
    this.clock = clock;
  }

  /**
   * Where many ask at once for a layer that is not assembled, one has it assembled, and all wait.
   *
   * @throws Refusal {@code BLOB_UNKNOWN} where the image has no such layer; {@code LAYER_DAMAGED},
   *     but on HEAD {@code BLOB_UNKNOWN} too: a client that asks before it pushes then pushes,
   *     which heals it; {@code UNAVAILABLE} where it is still being assembled
   */
  public SignedUrl locate(RepositoryName image, Digest digest, Access access) {
    Layer layer =
        access == Access.HEAD ? served.requireWhole(image, digest) : served.require(image, digest);
    if (layer.slicing().count() == 1) {
      Shard only = shards.from(layer.id(), 0, 1).getFirst();
      return store.sign(only.requireWhole(), access);
    }
    awaitAssembled(layer);
    return assembled.sign(layer.id(), access);
  }

  private void awaitAssembled(Layer layer) {
    AtomicBoolean isBegun = new AtomicBoolean();
    if (!poll.until(() -> isAssembled(layer, isBegun), () -> LONGEST_PAUSE)) {
      throw new Refusal(
          ErrorCode.UNAVAILABLE,
          "layer " + layer.digest() + " is being put together: ask again in a few seconds");
    }
  }

  /** Has it assembled, once, where no other call does. */
  private boolean isAssembled(Layer layer, AtomicBoolean isBegun) {
    Instant now = clock.instant();
    Assembly assembly = index.find(layer.id());
    boolean isReady = ready.isReady(layer.id(), assembly, now);
    if (!isReady && !assembly.isClaimed(now) && isBegun.compareAndSet(false, true)) {
      assemblers.begin(layer.digest());
    }
    return isReady;
  }
}
