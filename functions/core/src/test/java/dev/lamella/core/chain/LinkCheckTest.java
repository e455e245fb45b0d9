package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Slicing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkCheckTest {
  private static final int SHARD = 128;
  private static final Verdict PROVEN = new Verdict.Proven();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1280})
  void finish_everyShardOfALayer_isProven(int size) {
    byte[] layer = Layers.ofSize(size);
    Chain chain = Chain.of(ChainEngine.plain(), layer, SHARD);

    for (ChainEngine engine : Layers.engines()) {
      assertThat(verdicts(engine, chain, layer)).containsOnly(PROVEN).hasSize(chain.count());
    }
  }

  @Property(tries = 300)
  void finish_oneBitFlippedAnywhere_breaksItsShardsLinkAndNoOther(
      @ForAll("engine") ChainEngine engine,
      @ForAll @IntRange(min = 1, max = 1000) int size,
      @ForAll @IntRange(max = 999) int place,
      @ForAll @IntRange(max = 7) int bit) {
    byte[] layer = Layers.ofSize(size);
    Chain chain = Chain.of(engine, layer, SHARD);
    int flipped = place % size;
    layer[flipped] ^= (byte) (1 << bit);

    List<Verdict> verdicts = verdicts(engine, chain, layer);

    for (int i = 0; i < chain.count(); i++) {
      if (i == flipped / SHARD) {
        assertThat(verdicts.get(i))
            .isInstanceOfSatisfying(
                Verdict.Broken.class,
                broken -> {
                  assertThat(broken.index()).isEqualTo(flipped / SHARD);
                  assertThat(broken.why()).startsWith("its bytes lead to ");
                });
      } else {
        assertThat(verdicts.get(i)).isEqualTo(PROVEN);
      }
    }
  }

  @Property(tries = 100)
  void finish_oneBitFlippedInAState_breaksTheLinksOnBothItsSides(
      @ForAll @IntRange(max = 6) int state, @ForAll @IntRange(max = 255) int bit) {
    byte[] layer = Layers.ofSize(7 * SHARD - 5);
    List<ChainState> states = new ArrayList<>(Chain.of(ChainEngine.best(), layer, SHARD).states());
    byte[] bytes = states.get(state).bytes();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    states.set(state, ChainState.of(bytes));

    List<Verdict> verdicts =
        verdicts(ChainEngine.best(), new Chain(new Slicing(layer.length, SHARD), states), layer);

    for (int i = 0; i < 7; i++) {
      assertThat(verdicts.get(i).equals(PROVEN)).isEqualTo(i != state && i != state + 1);
    }
  }

  @Test
  void finish_lastShardOfAnotherSize_isBrokenThoughItsBytesAreRight() {
    byte[] layer = Layers.ofSize(SHARD);
    Chain chain = Chain.of(ChainEngine.best(), layer, SHARD);
    LinkCheck notLast =
        new LinkCheck(ChainEngine.best(), new Slicing(SHARD + 1, SHARD), 0, chain.link(0));
    notLast.update(layer, 0, SHARD);

    assertThat(notLast.finish()).isInstanceOf(Verdict.Broken.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 129, 256})
  void finish_tooFewOrTooManyBytes_namesTheSizes(int length) {
    byte[] layer = Layers.ofSize(3 * SHARD);
    Chain chain = Chain.of(ChainEngine.best(), layer, SHARD);
    LinkCheck check =
        new LinkCheck(ChainEngine.best(), new Slicing(layer.length, SHARD), 1, chain.link(1));
    check.update(ByteBuffer.wrap(layer, SHARD, length));

    assertThat(check.finish())
        .isEqualTo(new Verdict.Broken(1, "it has " + length + " bytes instead of 128"));
  }

  @Test
  void constructor_noSuchShard_refuses() {
    Link link = new Link(ChainState.INITIAL, ChainState.INITIAL);

    assertThatThrownBy(() -> new LinkCheck(ChainEngine.best(), new Slicing(SHARD, SHARD), 1, link))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static List<Verdict> verdicts(ChainEngine engine, Chain chain, byte[] layer) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < chain.count(); i++) {
      LinkCheck check = new LinkCheck(engine, chain.slicing(), i, chain.link(i));
      int from = i * chain.slicing().shardSize();
      byte[] shard =
          Arrays.copyOfRange(
              layer, from, Math.min(layer.length, from + chain.slicing().shardSize()));
      check.update(shard, 0, shard.length);
      verdicts.add(check.finish());
    }
    return verdicts;
  }

  @Provide
  Arbitrary<ChainEngine> engine() {
    return Arbitraries.of(Layers.engines());
  }
}
