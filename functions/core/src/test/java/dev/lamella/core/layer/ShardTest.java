package dev.lamella.core.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.LayerId;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardTest {

  /** Any bit of the state that a key left out would let other bytes take its object's place. */
  @Test
  void keyOf_statesThatDifferInOneBit_differ() {
    LayerId layer = LayerId.random();
    Set<String> keys = new HashSet<>();
    for (int bit = 0; bit < 8 * ChainState.LENGTH; bit++) {
      byte[] state = new byte[ChainState.LENGTH];
      state[bit / 8] = (byte) (1 << bit % 8);
      keys.add(Shard.keyOf(layer, 0, new Link(ChainState.INITIAL, ChainState.of(state))));
    }
    assertThat(keys).hasSize(8 * ChainState.LENGTH);
  }
}
