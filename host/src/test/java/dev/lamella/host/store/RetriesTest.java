package dev.lamella.host.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RetriesTest {
  /** Draws the largest that it may. */
  private static final RandomGenerator LARGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @Property
  void pause_anyTry_isWithinItsBound(
      @ForAll @IntRange(min = 1, max = 1000) int failed,
      @ForAll @LongRange(min = 1, max = 60_000) long first,
      @ForAll @LongRange(min = 1, max = 60_000) long longest,
      @ForAll long seed) {
    Retries retries = retries(first, longest);

    Duration pause = retries.pause(failed, Optional.empty(), new Random(seed));

    assertThat(pause).isBetween(Duration.ZERO, retries.pause(failed, Optional.empty(), LARGEST));
    assertThat(retries.pause(failed, Optional.empty(), LARGEST))
        .isLessThanOrEqualTo(Duration.ofMillis(longest));
  }

  @Test
  void pause_fromTryToTry_hasABoundThatDoublesUpToTheLongest() {
    Retries retries = retries(250, 10_000);
    assertThat(Stream.iterate(1, failed -> failed + 1).limit(8))
        .extracting(failed -> retries.pause(failed, Optional.empty(), LARGEST).toMillis())
        .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
  }

  /** Those that failed together must not come back together: all of the time is used. */
  @Property(tries = 50)
  void pause_ofMany_isSpreadOverAllOfTheTime(
      @ForAll @IntRange(min = 1, max = 100) int failed, @ForAll long seed) {
    Random random = new Random(seed);
    Retries retries = retries(250, 10_000);
    long bound = retries.pause(failed, Optional.empty(), LARGEST).toNanos();

    List<Long> quarters =
        Stream.generate(() -> retries.pause(failed, Optional.empty(), random).toNanos())
            .limit(200)
            .map(nanos -> 4 * nanos / (bound + 1))
            .toList();

    assertThat(quarters).contains(0L, 1L, 2L, 3L);
  }

  @Property
  void pause_otherSideAsks_isAtLeastThat(
      @ForAll @IntRange(min = 1, max = 100) int failed,
      @ForAll @LongRange(max = 100_000) long asked,
      @ForAll long seed) {
    Duration wait = Duration.ofMillis(asked);

    Duration pause = retries(250, 10_000).pause(failed, Optional.of(wait), new Random(seed));

    assertThat(pause).isGreaterThanOrEqualTo(wait);
    assertThat(pause)
        .isIn(wait, retries(250, 10_000).pause(failed, Optional.empty(), new Random(seed)));
  }

  private static Retries retries(long first, long longest) {
    return new Retries(5, Duration.ofMillis(first), Duration.ofMillis(longest), Duration.ZERO);
  }
}
