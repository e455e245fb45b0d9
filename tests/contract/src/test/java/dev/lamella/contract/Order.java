package dev.lamella.contract;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;

/** Who moves next: a different order for each schedule, and the same one each time. */
final class Order implements ToIntFunction<List<Integer>> {
  /** So many steps of an actor can be its last before another one moves. */
  static final int POINTS = 32;

  private final int schedule;
  private final int janitor;
  private final Random random;
  private int steps;

  private Order(int schedule, int janitor) {
    this.schedule = schedule;
    this.janitor = janitor;
    this.random = new Random(schedule);
  }

  /**
   * Every second schedule is by chance; in the other the first actor stops at one of its points,
   * the janitor at one of its own, and then the first goes on to its end.
   */
  static Order of(int schedule, int janitor) {
    return new Order(schedule, janitor);
  }

  @Override
  public int applyAsInt(List<Integer> waiting) {
    int next = schedule % 2 == 0 ? byChance(waiting) : byPoints(waiting);
    steps++;
    return next;
  }

  /** Some actors are slow, and some are fast, in each schedule others. */
  private int byChance(List<Integer> waiting) {
    List<Integer> chances =
        waiting.stream()
            .flatMap(actor -> Collections.nCopies(weight(actor), actor).stream())
            .toList();
    return chances.get(random.nextInt(chances.size()));
  }

  private int weight(int actor) {
    return 1 << (2 * new Random(31L * schedule + actor).nextInt(3));
  }

  private int byPoints(List<Integer> waiting) {
    int first = schedule / 2 % POINTS;
    int second = (schedule / 2 / POINTS + 5 * (schedule / 2)) % POINTS;
    int wanted = steps < first ? 0 : steps < first + second ? janitor : 0;
    return waiting.contains(wanted) ? wanted : waiting.getFirst();
  }
}
