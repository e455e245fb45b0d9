package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainTest {
  private static final int SHARD = 256;

  @ParameterizedTest
  @CsvSource({
    "0,1", "1,1", "63,1", "64,1", "65,1", "255,1", "256,1", "257,2", "511,2", "512,2", "513,3",
    "2560,10"
  })
  void of_sizesAroundTheShards_endsAtTheDigest(int size, int count) {
    byte[] layer = Layers.ofSize(size);

    for (ChainEngine engine : Layers.engines()) {
      Chain chain = Chain.of(engine, layer, SHARD);

      assertThat(chain.states()).hasSize(count);
      assertThat(chain.digest()).isEqualTo(Layers.sha256(layer));
      assertThat(chain.before(0)).isEqualTo(ChainState.INITIAL);
      for (int i = 1; i < count; i++) {
        assertThat(chain.before(i)).isEqualTo(chain.after(i - 1)).isEqualTo(stateAt(layer, i));
      }
    }
  }

  private static ChainState stateAt(byte[] layer, int shard) {
    ChainHash hash = ChainEngine.plain().start();
    byte[] before = Arrays.copyOf(layer, shard * SHARD);
    hash.update(before, 0, before.length);
    return hash.state();
  }
}
