package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

abstract class AssemblyIndexContract {
  private final Indexes indexes = indexes();
  private final AssemblyIndex assemblies = indexes.assemblies();
  private final LayerId layer = LayerId.random();

  abstract Indexes indexes();

  @Test
  void claim_byMany_isOnesUntilItsTime() throws Exception {
    List<Boolean> claims =
        Race.of(8, racer -> () -> assemblies.claim(layer, Assembly.NONE, NOW, LATER));

    assertThat(claims).filteredOn(claimed -> claimed).hasSize(1);
    assertThat(assemblies.find(layer))
        .isEqualTo(new Assembly(Optional.of(LATER), Optional.empty()));
    assertThat(assemblies.claim(layer, Assembly.NONE, LATER, LATER.plusSeconds(1))).isTrue();
  }

  @Test
  void assembled_layer_isNotedUntilSomebodyClaimsIt() {
    assemblies.claim(layer, Assembly.NONE, NOW, LATER);
    assertThat(assemblies.assembled(layer, LATER.plusSeconds(1), NOW)).isFalse();
    assertThat(assemblies.assembled(layer, LATER, NOW)).isTrue();

    Assembly done = assemblies.find(layer);
    assertThat(done).isEqualTo(new Assembly(Optional.empty(), Optional.of(NOW)));
    assertThat(assemblies.claim(layer, Assembly.NONE, NOW, LATER)).isFalse();
    assertThat(assemblies.claim(layer, done, NOW, LATER)).isTrue();
    assertThat(assemblies.find(layer).assembled()).isEmpty();
  }

  @Test
  void damage_ofALayer_endsClaimAndWhatWasAssembled() {
    Digest digest = indexes.store(Samples.image());
    LayerId damaged = indexes.layers().find(digest).orElseThrow().id();
    assemblies.claim(damaged, Assembly.NONE, NOW, LATER);
    indexes.layers().damage(digest, damaged, List.of(0));

    assertThat(assemblies.assembled(damaged, LATER, NOW)).isFalse();
    assertThat(assemblies.find(damaged)).isEqualTo(Assembly.NONE);
    assemblies.claim(damaged, Assembly.NONE, NOW, LATER);
    assemblies.assembled(damaged, LATER, NOW);
    indexes.layers().damage(digest, damaged, List.of(0));
    assertThat(assemblies.find(damaged)).isEqualTo(Assembly.NONE);
  }

  /** It may be made of a copy that is damaged, while another one is whole. */
  @Test
  void damage_ofNoShard_endsWhatWasAssembledAlone() {
    Digest digest = indexes.store(Samples.image());
    LayerId stored = indexes.layers().find(digest).orElseThrow().id();
    assemblies.claim(stored, Assembly.NONE, NOW, LATER);

    assertThat(indexes.layers().damage(digest, stored, List.of())).isTrue();

    assertThat(assemblies.find(stored)).isEqualTo(Assembly.NONE);
    assertThat(indexes.layers().find(digest).orElseThrow().isDamaged()).isFalse();
    assertThat(indexes.layers().damage(digest, LayerId.random(), List.of())).isFalse();
  }

  @Test
  void release_endsItsOwnClaimAlone() {
    assemblies.release(layer, LATER);
    assertThat(assemblies.find(layer)).isEqualTo(Assembly.NONE);
    assemblies.claim(layer, Assembly.NONE, NOW, LATER);

    assemblies.release(layer, NOW);
    assertThat(assemblies.find(layer).isClaimed(NOW)).isTrue();
    assemblies.release(layer, LATER);
    assertThat(assemblies.find(layer)).isEqualTo(Assembly.NONE);
  }
}
