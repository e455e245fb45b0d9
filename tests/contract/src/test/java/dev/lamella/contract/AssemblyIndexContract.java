package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

abstract class AssemblyIndexContract {
  private final AssemblyIndex assemblies = assemblies();
  private final LayerId layer = LayerId.random();

  abstract AssemblyIndex assemblies();

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
    assemblies.assembled(layer, NOW);

    Assembly done = assemblies.find(layer);
    assertThat(done).isEqualTo(new Assembly(Optional.empty(), Optional.of(NOW)));
    assertThat(assemblies.claim(layer, Assembly.NONE, NOW, LATER)).isFalse();
    assertThat(assemblies.claim(layer, done, NOW, LATER)).isTrue();
    assertThat(assemblies.find(layer).assembled()).isEmpty();
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
