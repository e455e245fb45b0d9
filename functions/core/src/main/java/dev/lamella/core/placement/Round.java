package dev.lamella.core.placement;

import java.util.Arrays;

/**
 * An endless round over ranked servers in which each has turns in proportion to its weight, evenly
 * spaced. The server of rank r among n has turn k at the time (k + (r + ½)/n) / weight, k = 0, 1,
 * …: every server keeps its own even pace, and the ranks start one after the other instead of all
 * at once. With equal weights that is one rank after the other, again and again. The order repeats
 * after {@link #length} turns.
 */
final class Round {
  private final int[] weights;
  private final int servers;
  private final long total;

  /**
   * @param weights by rank, each at least 1
   */
  Round(int[] weights) {
    int divisor = Arrays.stream(weights).reduce(0, Round::greatestCommonDivisor);
    this.weights = Arrays.stream(weights).map(weight -> weight / divisor).toArray();
    servers = weights.length;
    total = Arrays.stream(this.weights).asLongStream().sum();
  }

  /** Turns until the order repeats: the sum of the weights in lowest terms. */
  long length() {
    return total;
  }

  /** Whose turn it is: a rank. */
  int at(long position) {
    long place = position % total;
    long[] turns = turnsBefore(place);
    long left = place - Arrays.stream(turns).sum();
    int next = next(turns);
    for (; left > 0; left--) {
      turns[next]++;
      next = next(turns);
    }
    return next;
  }

  /**
   * Turns that each rank has had at a time that is surely not after the place's, so that only a few
   * are left to count: at time t at most t × total + n/2 turns are over.
   */
  private long[] turnsBefore(long place) {
    long[] turns = new long[servers];
    long sure = place - servers;
    for (int rank = 0; sure > 0 && rank < servers; rank++) {
      // floor(weight × sure / total - (rank + ½)/n) + 1, in whole numbers
      long numerator = 2L * servers * weights[rank] * sure - (2L * rank + 1) * total;
      turns[rank] = Math.floorDiv(numerator, 2L * servers * total) + 1;
    }
    return turns;
  }

  /** The rank whose next turn is the earliest; of several, the best rank. */
  private int next(long[] turns) {
    int first = 0;
    for (int rank = 1; rank < servers; rank++) {
      if (phase(turns, rank) * weights[first] < phase(turns, first) * weights[rank]) {
        first = rank;
      }
    }
    return first;
  }

  /** The time of the next turn, times weight and 2n. */
  private long phase(long[] turns, int rank) {
    return 2L * servers * turns[rank] + 2L * rank + 1;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
