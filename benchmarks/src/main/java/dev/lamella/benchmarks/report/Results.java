package dev.lamella.benchmarks.report;

import dev.lamella.core.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All that one run measured: as a table with bars, or as JSON. */
public final class Results {
  private static final int BAR = 40;
  private static final String BARS = "  %-34s %s %s";

  private final List<Comparison> comparisons = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();
  private final Map<String, String> failures = new LinkedHashMap<>();

  public void addComparisons(List<Comparison> more) {
    comparisons.addAll(more);
  }

  public void addReadings(List<Reading> more) {
    readings.addAll(more);
  }

  /** Says what is not in here, and why. */
  public void addFailure(String what, String reason) {
    failures.put(what, reason);
  }

  /** Whether everything was measured, and meets its target. */
  public boolean isMet() {
    return failures.isEmpty() && comparisons.stream().allMatch(Comparison::isMet);
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    if (!comparisons.isEmpty()) {
      line(text, "%-22s %10s %10s %9s %10s".formatted("", "Lamella", "other", "ratio", "target"));
      comparisons.forEach(comparison -> row(text, comparison));
      text.append('\n');
      comparisons.forEach(comparison -> plot(text, comparison));
    }
    if (!readings.isEmpty()) {
      readings.forEach(
          reading ->
              line(
                  text,
                  "%-58s %12.1f %s".formatted(reading.name(), reading.value(), reading.unit())));
    }
    failures.forEach((what, reason) -> line(text, what + " was not measured: " + reason));
    return text.toString();
  }

  private static void row(StringBuilder text, Comparison comparison) {
    line(
        text,
        "%-22s %10s %10s %8.2f× %10s  %s"
            .formatted(
                comparison.name(),
                time(Comparison.median(comparison.ours())),
                time(Comparison.median(comparison.others())),
                comparison.ratio(),
                target(comparison),
                comparison.isMet() ? "met" : "MISSED"));
  }

  /** A bar for each way, as long as it took. */
  private static void plot(StringBuilder text, Comparison comparison) {
    double ours = Comparison.median(comparison.ours());
    double others = Comparison.median(comparison.others());
    double longest = Math.max(ours, others);
    line(text, comparison.name());
    line(text, BARS.formatted(comparison.way(), bar(ours / longest), time(ours)));
    line(text, BARS.formatted(comparison.otherWay(), bar(others / longest), time(others)));
    text.append('\n');
  }

  private static String bar(double part) {
    return "█".repeat(Math.max(1, (int) Math.round(part * BAR)));
  }

  private static String target(Comparison comparison) {
    return switch (comparison.goal()) {
      case TIMES_AS_FAST -> "≥ " + comparison.target() + "×";
      case TIMES_AS_LONG -> "≤ " + comparison.target() + "×";
    };
  }

  private static String time(double seconds) {
    return seconds < 0.1 ? "%.2f ms".formatted(seconds * 1e3) : "%.2f s".formatted(seconds);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line.stripTrailing()).append('\n');
  }

  public String json() {
    return Json.pretty(
        Map.of(
            "comparisons",
            comparisons.stream().map(Results::tree).toList(),
            "readings",
            readings,
            "notMeasured",
            failures));
  }

  private static Map<String, Object> tree(Comparison comparison) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", comparison.name());
    tree.put("way", comparison.way());
    tree.put("otherWay", comparison.otherWay());
    tree.put("goal", comparison.goal().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    tree.put("ratio", comparison.ratio());
    tree.put("target", comparison.target());
    tree.put("met", comparison.isMet());
    tree.put("seconds", comparison.ours());
    tree.put("otherSeconds", comparison.others());
    return tree;
  }
}
