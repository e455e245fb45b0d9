package dev.lamella.core.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardTest {
  private static final Copy ONE = Copy.at("s1", "layers/a");
  private static final Copy OTHER = Copy.at("s2", "layers/b");

  @Test
  void whole_copies_isTheFirstThatIsNotDamaged() {
    Shard shard = shard(List.of(ONE, OTHER));
    assertThat(shard.whole()).contains(ONE);

    Shard damaged = shard.with(ONE, ONE.as(Copy.State.DAMAGED));
    assertThat(damaged.whole()).contains(OTHER);
    assertThat(damaged.with(OTHER, OTHER.as(Copy.State.DAMAGED)).whole()).isEmpty();
    assertThat(damaged.on("s1")).contains(ONE.as(Copy.State.DAMAGED));
    assertThat(damaged.on("s3")).isEmpty();
  }

  @Test
  void new_noCopyOrTooManyOrTwoOnOneServer_isRefused() {
    List<Copy> most = IntStream.range(0, Shard.MOST_COPIES).mapToObj(i -> ONE.on("s" + i)).toList();
    assertThat(shard(most).copies()).hasSize(8);

    List<Copy> tooMany = new ArrayList<>(most);
    tooMany.add(ONE.on("s8"));
    for (List<Copy> copies : List.of(List.<Copy>of(), tooMany, List.of(ONE, ONE))) {
      assertThatThrownBy(() -> shard(copies)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Copy.at("", "key")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Copy.at("s1", "")).isInstanceOf(IllegalArgumentException.class);
  }

  private static Shard shard(List<Copy> copies) {
    Link link = new Link(ChainState.INITIAL, ChainState.INITIAL);
    return new Shard(new RepositoryName("team/app"), LayerId.random(), 0, 0, 64, link, copies);
  }

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
