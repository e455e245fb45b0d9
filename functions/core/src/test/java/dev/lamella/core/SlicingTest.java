package dev.lamella.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicingTest {

  @Property
  void shards_together_areTheLayerWithoutGapOrOverlap(
      @ForAll @LongRange(max = 500_000) long size,
      @ForAll @IntRange(min = 8, max = 1000) int blocks) {
    Slicing slicing = Slicing.of(size, blocks * 64);
    long end = 0;
    for (int index = 0; index < slicing.count(); index++) {
      assertThat(slicing.offset(index)).isEqualTo(end);
      end += slicing.length(index);
      boolean isFull = slicing.length(index) == slicing.shardSize();
      assertThat(isFull || slicing.isLast(index)).isTrue();
    }
    assertThat(end).isEqualTo(size);
  }

  @Property
  void of_anySizeThatCanBeStored_staysWithinTheLimitsOfS3(
      @ForAll @LongRange(max = Slicing.LARGEST_LAYER) long size) {
    Slicing slicing = Slicing.of(size, 8 << 20);
    assertThat(slicing.count()).isBetween(1, Slicing.MOST_SHARDS);
    assertThat(slicing.shardSize()).isBetween(8 << 20, Slicing.LARGEST_SHARD);
    assertThat(slicing.shardSize() % 64).isZero();
  }

  @Test
  void of_emptyLayer_isOneEmptyShard() {
    Slicing slicing = Slicing.of(0, 64);
    assertThat(slicing.count()).isEqualTo(1);
    assertThat(slicing.length(0)).isZero();
    assertThat(slicing.isLast(0)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"63,1", "64,1", "65,2", "127,2", "128,2", "129,3"})
  void count_aroundShardBoundaries_isExact(long size, int count) {
    assertThat(new Slicing(size, 64).count()).isEqualTo(count);
  }

  @Test
  void of_impossibleSize_isRefused() {
    assertThatThrownBy(() -> Slicing.of(-1, 64))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("-1 bytes");
    assertThatThrownBy(() -> Slicing.of(Slicing.LARGEST_LAYER + 1, 8 << 20))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("at most");
  }

  @ParameterizedTest
  @CsvSource({"0", "-64", "63", "100"})
  void slicing_shardSizeNotAMultipleOf64_isRefused(int shardSize) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Slicing(1000, shardSize));
  }

  @Test
  void length_beyondTheLastShard_isRefused() {
    assertThatThrownBy(() -> new Slicing(65, 64).length(2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
