package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Slicing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChainTest {
  private static final int SHARD = 256;

  @ParameterizedTest
  @CsvSource({
    "0,1", "1,1", "63,1", "64,1", "65,1", "255,1", "256,1", "257,2", "511,2", "512,2", "513,3",
    "2560,10"
  })
  void finish_sizesAroundTheShards_endsAtTheDigest(int size, int count) {
    byte[] layer = Layers.ofSize(size);

    for (ChainEngine engine : Layers.engines()) {
      Chain chain = Layers.chain(engine, layer, SHARD);

      assertThat(chain.count()).isEqualTo(count).isEqualTo(chain.states().size());
      assertThat(chain.size()).isEqualTo(size);
      assertThat(chain.shardSize()).isEqualTo(SHARD);
      assertThat(chain.digest()).isEqualTo(Layers.sha256(layer));
      assertThat(chain.before(0)).isEqualTo(ChainState.INITIAL);
      for (int i = 1; i < count; i++) {
        assertThat(chain.before(i)).isEqualTo(chain.after(i - 1)).isEqualTo(stateAt(layer, i));
      }
    }
  }

  @Property(tries = 200)
  void finish_anySplitOfTheBytes_givesTheSameChain(
      @ForAll("engine") ChainEngine engine,
      @ForAll @IntRange(max = 2000) int size,
      @ForAll @IntRange(min = 1, max = 8) int blocks,
      @ForAll List<@IntRange(max = 500) Integer> pieces) {
    byte[] layer = Layers.ofSize(size);
    ChainBuilder builder = new ChainBuilder(engine, blocks * 64);
    int at = 0;
    for (int piece : pieces) {
      int length = Math.min(piece, size - at);
      builder.update(layer, at, length);
      at += length;
      assertThat(builder.size()).isEqualTo(at);
      assertThat(builder.fullShards()).isEqualTo(at / (blocks * 64));
    }
    builder.update(ByteBuffer.wrap(layer, at, size - at).asReadOnlyBuffer());

    Chain chain = builder.finish();

    assertThat(chain.digest()).isEqualTo(Layers.sha256(layer));
    assertThat(chain).isEqualTo(Layers.chain(ChainEngine.plain(), layer, blocks * 64));
  }

  @Test
  void of_theStatesOfAChain_isThatChain() {
    Chain chain = Layers.chain(ChainEngine.best(), Layers.ofSize(1000), SHARD);

    Chain copy = Chain.of(new Slicing(1000, SHARD), chain.states());

    assertThat(copy).isEqualTo(chain).hasSameHashCodeAs(chain);
    assertThat(copy.link(2)).isEqualTo(new Link(chain.after(1), chain.after(2)));
    assertThat(Chain.of(new Slicing(999, SHARD), chain.states())).isNotEqualTo(chain);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4})
  void of_wrongNumberOfStates_refuses(int count) {
    List<ChainState> states = Collections.nCopies(count, ChainState.INITIAL);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Chain.of(new Slicing(513, SHARD), states))
        .withMessage(
            "The chain of a layer of 513 bytes in shards of 256 has 3 states, not " + count);
  }

  @Test
  void after_noSuchShard_refuses() {
    Chain chain = Layers.chain(ChainEngine.best(), Layers.ofSize(SHARD), SHARD);

    assertThatThrownBy(() -> chain.after(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> chain.before(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> chain.after(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static ChainState stateAt(byte[] layer, int shard) {
    ChainHash hash = ChainEngine.plain().start();
    byte[] before = Arrays.copyOf(layer, shard * SHARD);
    hash.update(before, 0, before.length);
    return hash.state();
  }

  @Provide
  Arbitrary<ChainEngine> engine() {
    return Arbitraries.of(Layers.engines());
  }
}
