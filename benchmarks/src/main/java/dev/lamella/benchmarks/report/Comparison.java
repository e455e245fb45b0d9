package dev.lamella.benchmarks.report;

import java.util.List;

/**
 * Two ways to do the same thing, measured in turns in one run, so that only their ratio counts and
 * the machine does not.
 *
 * @param ours seconds of each run of Lamella's way
 * @param others seconds of each run of the way it is compared with
 */
public record Comparison(
    String name,
    String way,
    String otherWay,
    Goal goal,
    double target,
    List<Double> ours,
    List<Double> others) {

  /** What the ratio says, and so on which side of the target it has to be. */
  public enum Goal {
    /** How many times as fast as the other way; the more, the better. */
    TIMES_AS_FAST,
    /** How many times as long as the other way; the less, the better. */
    TIMES_AS_LONG
  }

  public Comparison {
    ours = List.copyOf(ours);
    others = List.copyOf(others);
    if (ours.isEmpty() || others.isEmpty()) {
      throw new IllegalArgumentException(name + " was not measured");
    }
  }

  /** The ratio of the medians. */
  public double ratio() {
    return ratio(median(ours), median(others));
  }

  public boolean isMet() {
    return switch (goal) {
      case TIMES_AS_FAST -> ratio() >= target;
      case TIMES_AS_LONG -> ratio() <= target;
    };
  }

  private double ratio(double one, double other) {
    return switch (goal) {
      case TIMES_AS_FAST -> other / one;
      case TIMES_AS_LONG -> one / other;
    };
  }

  static double median(List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
