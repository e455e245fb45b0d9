package dev.lamella.core.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RoundTest {
  @Test
  void at_equalWeights_goesFromRankToRank() {
    assertThat(turns(new Round(new int[] {5, 5, 5}), 7)).containsExactly(0, 1, 2, 0, 1, 2, 0);
  }

  @Test
  void at_oneTwiceAsHeavy_hasItsTurnsApart() {
    assertThat(turns(new Round(new int[] {1, 2, 1}), 8)).containsExactly(0, 1, 1, 2, 0, 1, 1, 2);
  }

  @Test
  void length_ofTheWeights_isInLowestTerms() {
    assertThat(new Round(new int[] {1000, 500, 250}).length()).isEqualTo(7);
    assertThat(new Round(new int[] {7}).length()).isEqualTo(1);
  }

  @Test
  void at_billionsOfTurns_staysWithinLong() {
    Round round = new Round(IntStream.range(0, 200).map(i -> 1000 - i).toArray());

    assertThat(round.at(round.length() * 3_000_000L + 17)).isEqualTo(round.at(17));
  }

  /** The jump to a place gives what counting all turns before it gives. */
  @Property(tries = 100)
  void at_anyPlace_isTheTurnThatCountingFindsThere(
      @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 1, max = 60) Integer> weights) {
    int[] ranked = weights.stream().mapToInt(Integer::intValue).toArray();
    Round round = new Round(ranked);

    assertThat(turns(round, (int) round.length())).isEqualTo(byTime(ranked, (int) round.length()));
  }

  private static List<Integer> turns(Round round, int count) {
    return IntStream.range(0, count).mapToObj(round::at).toList();
  }

  /** Straight from the definition: all turns, sorted by time, then by rank. */
  private static List<Integer> byTime(int[] weights, int count) {
    record Turn(int rank, long numerator, long denominator) {}
    List<Turn> turns = new ArrayList<>();
    for (int rank = 0; rank < weights.length; rank++) {
      for (int k = 0; k < weights[rank]; k++) {
        long numerator = 2L * weights.length * k + 2L * rank + 1;
        turns.add(new Turn(rank, numerator, weights[rank]));
      }
    }
    turns.sort(
        (one, other) -> {
          int byTime =
              Long.compare(one.numerator * other.denominator, other.numerator * one.denominator);
          return byTime != 0 ? byTime : Integer.compare(one.rank, other.rank);
        });
    return turns.stream().map(Turn::rank).limit(count).toList();
  }
}
