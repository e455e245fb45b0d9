package dev.lamella.contract;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Which schedules of a race are tried: all of them in the full run; in the usual one some, spread
 * over all, and the same each time.
 */
final class Schedules {
  private Schedules() {}

  /**
   * @param property a system property that says how many are tried, whatever the run
   * @param all how many there are
   * @param some how many of them the usual run tries
   */
  static List<Integer> of(String property, int all, int some) {
    int wanted = Integer.getInteger(property, Boolean.getBoolean("lamella.full") ? all : some);
    if (wanted >= all) {
      return IntStream.range(0, wanted).boxed().toList();
    }
    // An odd stride: with an even one, whatever goes by turns would always be the same one's.
    int stride = all / wanted | 1;
    return IntStream.range(0, wanted).map(i -> i * stride % all).distinct().boxed().toList();
  }
}
