package dev.lamella.host;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code lamella benchmark}, which the launcher of a clone runs itself, from another module. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    header = "Measures Lamella against simpler ways to do the same (in a clone of it).")
final class BenchmarkCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new HostFailure(
        ExitCode.USAGE, "benchmarks are run in a clone of Lamella: ./lamella benchmark");
  }
}
