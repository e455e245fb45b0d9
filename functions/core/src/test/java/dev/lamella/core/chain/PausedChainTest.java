package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PausedChainTest {
  private static final int SHARD = 128;
  private final ChainEngine engine = ChainEngine.best();

  /** However a layer is cut into chunks, its chain is that of one pass over all of it. */
  @Property(tries = 500)
  void advance_anyChunks_makeTheChainOfTheWhole(
      @ForAll @Size(max = 20) List<@IntRange(max = 300) Integer> sizes, @ForAll long seed) {
    byte[] layer = new byte[sizes.stream().mapToInt(Integer::intValue).sum()];
    new Random(seed).nextBytes(layer);
    PausedChain pause = PausedChain.START;
    List<ChainState> states = new ArrayList<>();
    int at = 0;
    for (int size : sizes) {
      PausedChain.Advance advance =
          pause.advance(engine, SHARD, Arrays.copyOfRange(layer, at, at + size));
      states.addAll(advance.boundaries());
      // As another process finds it.
      pause =
          PausedChain.of(advance.next().count(), advance.next().state(), advance.next().pending());
      assertThat(pause).isEqualTo(advance.next());
      at += size;
    }
    Chain chain = Chain.of(engine, layer, SHARD);
    assertThat(pause.end(engine)).isEqualTo(chain.digest());
    assertThat(states).hasSize(layer.length / SHARD);
    for (int shard = 0; shard < chain.count() - 1; shard++) {
      assertThat(states.get(shard)).isEqualTo(chain.after(shard));
    }
  }

  @Test
  void of_pendingThatTheCountDoesNotLeave_isRefused() {
    assertThatThrownBy(() -> PausedChain.of(65, ChainState.INITIAL, new byte[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
