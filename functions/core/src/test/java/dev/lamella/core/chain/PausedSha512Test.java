package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PausedSha512Test {

  /** However a layer is cut into chunks, its digest is the one that Java finds. */
  @Property(tries = 500)
  void advance_anyChunks_makeTheDigestOfTheWhole(
      @ForAll @Size(max = 20) List<@IntRange(max = 400) Integer> sizes, @ForAll long seed) {
    byte[] layer = new byte[sizes.stream().mapToInt(Integer::intValue).sum()];
    new Random(seed).nextBytes(layer);
    PausedSha512 pause = PausedSha512.START;
    int at = 0;
    for (int size : sizes) {
      PausedSha512 next = pause.advance(Arrays.copyOfRange(layer, at, at + size));
      at += size;
      // As another process finds it.
      pause = PausedSha512.of(at, next.state(), next.pending());
      assertThat(pause).isEqualTo(next);
    }
    assertThat(pause.digest()).isEqualTo(Digest.of(Algorithm.SHA512, layer));
  }

  /** The places where the padding needs one block more. */
  @Test
  void digest_anyLengthAroundABlock_isThatOfJava() {
    for (int length = 0; length <= 2 * 128 + 1; length++) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) length);
      assertThat(PausedSha512.START.advance(bytes).digest())
          .isEqualTo(Digest.of(Algorithm.SHA512, bytes));
    }
  }

  @Test
  void of_partsThatDoNotGoTogether_isRefused() {
    for (int state : new int[] {64, 63}) {
      assertThatThrownBy(() -> PausedSha512.of(129, new byte[state], new byte[state - 62]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
