package dev.lamella.core.upload;

import static dev.lamella.core.access.Caller.ANYBODY;
import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.hash;
import static dev.lamella.core.upload.MemoryStore.part;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.UploadIndex;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is proven is what is written, whatever a host does between two steps. */
class ProvenBytesTest {
  private static final int SHARDS = 3;

  private final MemoryStore store = new MemoryStore();
  private final byte[] first = bytes(SHARDS * SHARD, 1);
  private final byte[] other = bytes(SHARDS * SHARD, 2);

  /** The shards of the first pass stand, and a second one proves other bytes. */
  @Test
  void complete_partsReplacedBetweenTwoSerialPasses_isRefused() {
    Digest digest = sha512(other);
    LayerId upload = store.open(digest, other.length).upload();
    store.stageAll(upload, first);
    assertThatThrownBy(() -> complete(upload, digest)).isInstanceOf(Refusal.class);

    store.stageAll(upload, other);
    store.writeShards.write(ShardBatch.serial(upload, PassId.random()));

    assertThatThrownBy(() -> complete(upload, digest))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DIGEST_INVALID));
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  /** The other way round: a pass proves what is asked for, and its shards came too late. */
  @Test
  void complete_partsReplacedWithinASerialPass_isRefused() {
    Digest digest = sha512(other);
    LayerId upload = store.open(digest, other.length).upload();
    store.stageAll(upload, other);
    AtomicInteger reads = new AtomicInteger();
    store.meanwhile =
        () -> {
          if (reads.getAndIncrement() == 0) {
            // Another pass over other bytes, from beginning to end: this one was taken for dead.
            store.now = store.now.plus(UploadIndex.PASS).plusSeconds(1);
            store.stageAll(upload, first);
            store.writeShards.write(ShardBatch.serial(upload, PassId.random()));
            store.stageAll(upload, other);
          }
        };
    store.writeShards.write(ShardBatch.serial(upload, PassId.random()));

    assertThatThrownBy(() -> complete(upload, digest)).isInstanceOf(Refusal.class);
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  /** A manifest says the digest of a layer put whole: it must be that of the shards. */
  @Test
  void putManifest_wholeLayerReplacedBetweenTwoPasses_doesNotGetTheOtherDigest() {
    LayerId upload = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(upload, StagedPart.WHOLE, first, 0, first.length);
    List<Descriptor> none =
        List.of(new Descriptor("application/octet-stream", sha256(new byte[1]), first.length));
    store.stagedWhole.store(IMAGE, none);
    store.staging.replace(upload, StagedPart.WHOLE, other);
    store.writeShards.write(ShardBatch.serial(upload, PassId.random()));
    Digest digest = sha512(other);

    List<Descriptor> named =
        List.of(new Descriptor("application/octet-stream", digest, other.length));
    try {
      store.stagedWhole.store(IMAGE, named);
    } catch (Refusal _) {
      // Nothing is stored under that digest: that is all that counts.
    }

    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  /** Beside the digest that no chain ends in, the state is kept that it was proven with. */
  @Test
  void verdict_recordsOfOtherBytesUnderASha512_isBroken() {
    Digest digest = sha512(first);
    LayerId upload = store.open(digest, first.length).upload();
    store.stageAll(upload, first);
    complete(upload, digest);
    Layer layer = store.index.layers().find(digest).orElseThrow();
    assertThat(layer.verdict(store.index.shards().from(upload, 0, SHARDS)))
        .isInstanceOf(Verdict.Proven.class);

    LayerId others = store.push(other);

    assertThat(layer.verdict(store.index.shards().from(others, 0, SHARDS)))
        .isInstanceOf(Verdict.Broken.class);
  }

  @Test
  void complete_repairOfADamagedSha512Layer_healsIt() throws IOException {
    Digest digest = sha512(first);
    LayerId stored = store.open(digest, first.length).upload();
    store.stageAll(stored, first);
    complete(stored, digest);
    store.shardStore.lose(store.index.shards().from(stored, 1, 1).getFirst().copies().getFirst());
    store.index.layers().damage(digest, stored, List.of(1));

    LayerId upload = store.open(digest, first.length).upload();
    store.stage(upload, other, 1);
    assertThatThrownBy(() -> complete(upload, digest)).isInstanceOf(Refusal.class);
    store.stage(upload, first, 1);
    store.accept.accept(store.caller, upload, new PartsRequest(List.of(1), List.of()));

    assertThat(complete(upload, digest)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(first);
  }

  @Test
  void complete_manyAtOnce_startOneSerialPass() {
    List<ShardBatch> held = new ArrayList<>();
    store.holding = held;
    Digest digest = sha512(first);
    LayerId upload = store.open(digest, first.length).upload();
    store.stageAll(upload, first);
    for (int i = 0; i < 30; i++) {
      assertThat(complete(upload, digest)).isInstanceOf(Completion.Pending.class);
    }
    assertThat(held).hasSize(1);

    store.holding = null;
    held.forEach(store.writeShards::write);
    assertThat(complete(upload, digest)).isInstanceOf(Completion.Committed.class);
  }

  @Property(tries = 500)
  void anyOrder_ofHostAndPasses_commitsOnlyWhatHashesToTheDigest(
      @ForAll long seed, @ForAll boolean isSha512) throws IOException {
    Random random = new Random(seed);
    MemoryStore fresh = new MemoryStore();
    Digest digest = isSha512 ? sha512(first) : sha256(first);
    LayerId upload = fresh.open(digest, first.length).upload();
    fresh.stageAll(upload, random.nextBoolean() ? first : other);
    List<ShardBatch> held = new ArrayList<>();
    fresh.holding = held;
    AtomicInteger depth = new AtomicInteger();
    fresh.meanwhile =
        () -> {
          if (depth.incrementAndGet() < 4) {
            step(fresh, upload, digest, held, random);
          }
          depth.decrementAndGet();
        };
    for (int i = 0; i < 25; i++) {
      step(fresh, upload, digest, held, random);
      if (fresh.index.layers().find(digest).isPresent()) {
        assertThat(fresh.stored(digest)).isEqualTo(first);
        return;
      }
    }
  }

  /** One step of anybody: a host that lies, a pass that comes twice or late, time that goes by. */
  private void step(
      MemoryStore fresh, LayerId upload, Digest digest, List<ShardBatch> held, Random random) {
    byte[] layer = random.nextBoolean() ? first : other;
    int shard = random.nextInt(SHARDS);
    try {
      switch (random.nextInt(7)) {
        case 0 -> fresh.staging.put(upload, shard, part(layer, shard));
        case 1 -> fresh.stageAll(upload, layer);
        case 2 -> fresh.writeShards.write(ShardBatch.serial(upload, PassId.random()));
        case 3 -> {
          if (!held.isEmpty()) {
            fresh.writeShards.write(held.get(random.nextInt(held.size())));
          }
        }
        case 4 -> {
          if (digest.algorithm() == Digest.Algorithm.SHA256) {
            fresh.announce(upload, chain(layer), shard);
          }
        }
        case 5 -> fresh.now = fresh.now.plus(Duration.ofSeconds(random.nextInt(60)));
        default ->
            fresh.complete.complete(
                fresh.caller, upload, new CompleteRequest(digest, first.length, Optional.empty()));
      }
    } catch (Refusal _) {
      // A host is told so, and goes on all the same.
    }
  }

  private Completion complete(LayerId upload, Digest digest) {
    return store.complete.complete(
        store.caller, upload, new CompleteRequest(digest, SHARDS * SHARD, Optional.empty()));
  }

  private static Digest sha512(byte[] layer) {
    return Digest.sha512(hash("SHA-512", layer));
  }
}
