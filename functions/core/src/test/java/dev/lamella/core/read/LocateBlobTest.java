package dev.lamella.core.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.ShardMap.Entry;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import dev.lamella.core.port.SignedUrl.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocateBlobTest {
  private static final RepositoryName IMAGE = new RepositoryName("team/app");
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final int SHARD = 64;

  private final MemoryIndex index = MemoryIndex.create();
  private final MemoryShardStore store = new MemoryShardStore();
  private final MemoryAssembledLayers assembled = new MemoryAssembledLayers(store);
  private final AssemblyIndex assemblies = index.assemblies();
  private final List<Digest> asked = new ArrayList<>();
  private boolean assemblersWork = true;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final AssembleLayer assembleLayer =
      new AssembleLayer(index.layers(), index.shards(), assemblies, assembled, LEASE, () -> now);
  private final ServedLayers served = new ServedLayers(index.layers(), (_, _) -> Optional.empty());
  private final MapShards mapShards = new MapShards(served, index.shards(), store);
  private final LocateBlob locateBlob =
      new LocateBlob(
          served,
          index.shards(),
          store,
          assemblies,
          assembled,
          digest -> {
            asked.add(digest);
            if (assemblersWork) {
              assembleLayer.assemble(digest);
            }
          },
          Duration.ZERO,
          () -> now);

  @Test
  void locate_layerOfOneShard_isThatShard() {
    Layer layer = store(1);

    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET).uri())
        .hasToString("memory://s1/" + Shard.keyOf(layer.id(), 0, link(0)));
    assertThat(asked).isEmpty();
  }

  /** What anonymous callers ask for must cost no more than a few reads. */
  @Test
  void locate_forAnonymousCallers_beginsNothing_andFindsWhatOthersHadAssembled() {
    Layer layer = store(3);
    LocateBlob forAnonymous =
        new LocateBlob(
            served,
            index.shards(),
            store,
            assemblies,
            assembled,
            new SignedInOnly(),
            Duration.ofMinutes(1),
            () -> now);

    assertThatThrownBy(() -> forAnonymous.locate(IMAGE, layer.digest(), Access.HEAD))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DENIED));
    assertThat(asked).isEmpty();
    assertThat(assembleLayer.assemble(layer.digest())).isTrue();
    assertThat(forAnonymous.locate(IMAGE, layer.digest(), Access.GET))
        .isEqualTo(locateBlob.locate(IMAGE, layer.digest(), Access.GET));
  }

  @Test
  void locate_firstCopyIsDamaged_isTheSecond() {
    Layer layer = store(1);
    Copy second = twoCopies(layer, 0).copies().getLast();

    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET).uri())
        .hasToString("memory://s2/" + second.key());
    assertThat(mapShards.page(IMAGE, layer.digest(), 0).map())
        .extracting(Entry::server, entry -> entry.url().toString())
        .containsExactly(tuple("s2", "memory://s2/" + second.key()));
  }

  @Test
  void locate_firstCopiesAreDamaged_assemblesTheSecond() {
    Layer layer = store(3);
    store.lose(index.shards().from(layer.id(), 1, 1).getFirst().copies().getFirst());
    twoCopies(layer, 1);

    assertThat(assembleLayer.assemble(layer.digest())).isTrue();
    assertThat(assembled.find(layer.id()).orElseThrow()).hasSize(3 * SHARD);
    assertThat(mapShards.page(IMAGE, layer.digest(), 0).map())
        .extracting(Entry::server)
        .containsExactly("s1", "s2", "s1");
  }

  /** Its layer may not say so yet. */
  @Test
  void locate_noCopyIsWhole_isRefused() {
    Layer layer = store(1);
    Shard shard = twoCopies(layer, 0);
    Copy second = shard.copies().getLast();
    index.shards().change(shard, shard.with(second, second.as(Copy.State.DAMAGED)));

    assertThatRefused(layer, ErrorCode.LAYER_DAMAGED);
    assertThatThrownBy(() -> mapShards.page(IMAGE, layer.digest(), 0))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAYER_DAMAGED));
  }

  /** The first is damaged, the second whole. */
  private Shard twoCopies(Layer layer, int number) {
    Shard one = index.shards().from(layer.id(), number, 1).getFirst();
    Copy first = one.copies().getFirst();
    Shard two =
        new Shard(
            IMAGE,
            layer.id(),
            number,
            one.offset(),
            one.size(),
            one.link(),
            List.of(first.as(Copy.State.DAMAGED), store.put(one, first.on("s2"), new byte[SHARD])));
    assertThat(index.shards().change(one, two)).isTrue();
    return two;
  }

  @Test
  void locate_layerOfMoreShards_isAssembledOnceAndFoundAgain() {
    Layer layer = store(3);
    assemblersWork = false;
    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assemblersWork = true;
    assertThat(assembleLayer.assemble(layer.digest())).isTrue();

    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.HEAD).uri())
        .hasToString("memory://assembled/" + layer.id());
    assertThat(assembled.find(layer.id()).orElseThrow()).hasSize(3 * SHARD);
    assertThat(asked).hasSize(1);
    assertThat(assembleLayer.assemble(layer.digest())).isFalse();
  }

  @Test
  void locate_objectThatIsGoneOrOld_isAssembledAgain() {
    Layer layer = store(2);
    assembleLayer.assemble(layer.digest());

    assembled.remove(layer.id());
    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET)).isNotNull();
    assertThat(asked).hasSize(1);

    // The bucket's lifecycle takes it after two days: before that, no client is led to it any more.
    now = now.plus(Duration.ofHours(37));
    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assertThat(asked).hasSize(2);
    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET)).isNotNull();
  }

  @Test
  void locate_whileAnotherAssembles_waitsAndAsksNobody() {
    Layer layer = store(2);
    assemblies.claim(layer.id(), Assembly.NONE, now, now.plus(LEASE));

    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assertThat(asked).isEmpty();
    assertThat(assembleLayer.assemble(layer.digest())).isFalse();

    // The one who had the claim died.
    now = now.plus(LEASE);
    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assertThat(asked).hasSize(1);
    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET)).isNotNull();
  }

  @Test
  void assemble_thatFails_endsItsClaim() {
    Layer layer = store(2);
    LayerId lost = store(2).id();
    assertThat(assembleLayer.assemble(layer.digest())).isTrue();
    Layer broken =
        new Layer(
            digest('b'), lost, new Slicing(3 * SHARD, SHARD), Map.of(), now, now, Optional.empty());
    Upload upload =
        Upload.open(lost, IMAGE, broken.digest(), broken.slicing(), now, now.plus(LEASE));
    LayerId other = LayerId.random();
    Upload open =
        Upload.open(other, IMAGE, broken.digest(), upload.slicing(), now, upload.expires());
    index.uploads().create(open);
    index.layers().commit(open, broken);

    assertThatThrownBy(() -> assembleLayer.assemble(broken.digest()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("3 shards, and 2 records");

    assertThat(assemblies.find(lost).isClaimed(now)).isFalse();
  }

  /** Its object may hold what was found damaged, and is not served once it is healed. */
  @Test
  void locate_layerThatWasDamagedAndHealed_isAssembledAgain() {
    Layer layer = store(2);
    assembleLayer.assemble(layer.digest());
    index.layers().damage(layer.digest(), layer.id(), List.of(1));
    assertThatRefused(layer, ErrorCode.LAYER_DAMAGED);
    index.layers().repaired(layer.digest(), layer.id(), 1);

    assertThatRefused(layer, ErrorCode.UNAVAILABLE);
    assertThat(asked).hasSize(1);
    assertThat(locateBlob.locate(IMAGE, layer.digest(), Access.GET)).isNotNull();
  }

  @Test
  void locate_layerThatIsNotLinked_isUnknownAndAsksNobody() {
    Layer layer = store(2);
    assertThatThrownBy(
            () -> locateBlob.locate(new RepositoryName("other"), layer.digest(), Access.GET))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_UNKNOWN));
    assertThat(asked).isEmpty();
  }

  private void assertThatRefused(Layer layer, ErrorCode code) {
    assertThatThrownBy(() -> locateBlob.locate(IMAGE, layer.digest(), Access.GET))
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private int layers;

  private Layer store(int shards) {
    layers++;
    Slicing slicing = new Slicing((long) shards * SHARD, SHARD);
    Upload upload =
        Upload.open(
            LayerId.random(), IMAGE, digest((char) ('0' + layers)), slicing, now, now.plus(LEASE));
    index.uploads().create(upload);
    for (int i = 0; i < shards; i++) {
      Shard shard =
          new Shard(
              IMAGE,
              upload.id(),
              i,
              slicing.offset(i),
              slicing.length(i),
              "s1",
              Shard.keyOf(upload.id(), i, link(i)),
              link(i));
      index.shards().put(store.put(shard, new byte[SHARD]));
    }
    Layer layer =
        new Layer(upload.digest(), upload.id(), slicing, Map.of(), now, now, Optional.empty());
    index.layers().commit(upload, layer);
    return layer;
  }

  private static Link link(int index) {
    return new Link(ChainState.INITIAL, ChainState.ofHex(Integer.toString(index).repeat(64)));
  }

  private static Digest digest(char digit) {
    return Digest.parse("sha256:" + String.valueOf(digit).repeat(64));
  }
}
