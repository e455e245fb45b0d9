package dev.lamella.benchmarks;

import dev.lamella.benchmarks.ChainBenchmark.Hasher;
import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.report.Reading;
import dev.lamella.benchmarks.report.Results;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks that JMH runs, short enough to be waited for. */
final class Micro {
  private static final double LINK_TARGET = 1.15;
  private static final double MEDIAN = 50;

  private Micro() {}

  /**
   * A link check of 8 MiB with each engine against MessageDigest, and what a link costs besides its
   * bytes. Only the native engine has a target: the other is what is left where that cannot load.
   */
  static void chain(Results results) throws RunnerException {
    Collection<RunResult> runs =
        new Runner(
                options("ChainBenchmark.linkCheck", 5)
                    .param("bytes", Integer.toString(8 << 20))
                    .param(
                        "hasher",
                        Stream.of(Hasher.values()).map(Hasher::name).toArray(String[]::new))
                    .forks(3)
                    .build())
            .run();
    double messageDigest = seconds(runs, Hasher.MESSAGE_DIGEST);
    double plain = seconds(runs, Hasher.PLAIN);
    results.addComparisons(
        List.of(
            new Comparison(
                "chain link of 8 MiB",
                "link check, native engine",
                "MessageDigest SHA-256",
                Goal.TIMES_AS_LONG,
                LINK_TARGET,
                List.of(seconds(runs, Hasher.NATIVE)),
                List.of(messageDigest))));
    results.addReadings(
        List.of(
            new Reading("chain link of 8 MiB, plain engine", plain * 1e3, "ms"),
            new Reading(
                "chain link of 8 MiB, plain engine", plain / messageDigest, "× MessageDigest")));
    results.addReadings(
        new Runner(options("ChainBenchmark.Resume", 3).forks(1).build())
            .run().stream()
                .map(
                    result ->
                        new Reading(
                            "chain: resume, one block, read the state", median(result), "ns"))
                .toList());
  }

  /** What a function does for each request to know who calls. */
  static void token(Results results) throws RunnerException {
    results.addReadings(
        new Runner(options("TokenBenchmark", 3).forks(2).build())
            .run().stream()
                .map(result -> new Reading("check of a token, C1", median(result), "µs"))
                .toList());
  }

  /** Slicing and placement, and what a link costs besides its bytes. */
  static List<Reading> placement() throws RunnerException {
    return new Runner(options("PlacementBenchmark", 3).forks(1).build())
        .run().stream().map(Micro::reading).toList();
  }

  private static ChainedOptionsBuilder options(String include, int iterations) {
    return new OptionsBuilder()
        .include(include)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true)
        .warmupIterations(2)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(iterations)
        .measurementTime(TimeValue.seconds(1));
  }

  private static double seconds(Collection<RunResult> results, Hasher hasher) {
    return results.stream()
            .filter(result -> result.getParams().getParam("hasher").equals(hasher.name()))
            .mapToDouble(Micro::median)
            .findFirst()
            .orElseThrow()
        / 1e6;
  }

  private static Reading reading(RunResult result) {
    StringBuilder name = new StringBuilder(result.getPrimaryResult().getLabel());
    result
        .getParams()
        .getParamsKeys()
        .forEach(
            key ->
                name.append(' ').append(key).append('=').append(result.getParams().getParam(key)));
    return new Reading(name + ", 10,000 shards", median(result), "µs");
  }

  /** In the unit of that benchmark. */
  private static double median(RunResult result) {
    return result.getPrimaryResult().getStatistics().getPercentile(MEDIAN);
  }
}
