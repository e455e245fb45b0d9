package dev.lamella.benchmarks;

import dev.lamella.benchmarks.report.Report;
import dev.lamella.benchmarks.transfer.Transfers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code ./lamella benchmark}: measures, and says which targets are met. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures Lamella against simpler ways to do the same, as ratios.")
public final class Benchmarks implements Callable<Integer> {
  private static final int MISSED = 1;

  /** What there is to measure. */
  enum What {
    CHAIN,
    PLACEMENT,
    SHAPED,
    UNSHAPED,
    TRANSFER,
    REGISTRY,
    VERIFY,
    ALL;

    boolean includes(What other) {
      return this == other
          || this == ALL
          || (this == TRANSFER && Set.of(SHAPED, UNSHAPED).contains(other));
    }
  }

  @Parameters(
      arity = "0..1",
      defaultValue = "ALL",
      description = "${COMPLETION-CANDIDATES}; SHAPED and UNSHAPED are the two of TRANSFER.")
  private What what = What.ALL;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      converter = Size.class,
      description =
          "Of the layer, such as 64M or 2G (default: 256M shaped, 1G unshaped, 512M registry,"
              + " 2G verify).")
  private long size;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Pushes and pulls; the medians count (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(names = "--json", description = "Prints the results as JSON.")
  private boolean json;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Benchmarks())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    Report report = new Report();
    Transfers transfers = new Transfers(template(), System.err);
    if (what.includes(What.CHAIN)) {
      System.err.println("The chain, about a minute…");
      report.addComparisons(Micro.chain());
    }
    if (what.includes(What.PLACEMENT)) {
      System.err.println("Slicing and placement, about a minute…");
      report.addReadings(Micro.placement());
    }
    if (what.includes(What.SHAPED)) {
      report.addComparisons(transfers.shaped(size == 0 ? 256L << 20 : size, rounds));
    }
    if (what.includes(What.UNSHAPED)) {
      report.addComparisons(transfers.unshaped(size == 0 ? 1L << 30 : size, rounds));
    }
    if (what.includes(What.REGISTRY)) {
      transfers.registry(size == 0 ? 512L << 20 : size, rounds, report);
    }
    if (what.includes(What.VERIFY)) {
      report.addComparisons(transfers.verified(size == 0 ? 2L << 30 : size, rounds));
    }
    new PrintStream(System.out, true, StandardCharsets.UTF_8)
        .println(json ? report.json() : "\n" + report.text());
    return report.isMet() ? 0 : MISSED;
  }

  /** The launcher says where the project is. */
  private static Path template() {
    return Path.of(System.getProperty("lamella.home", ".")).resolve("template.yaml");
  }

  /** Bytes, with K, M or G for the powers of 1024. */
  static final class Size implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,11})([KMG]?)");

    @Override
    public Long convert(String text) {
      Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a size such as 64M");
      }
      int shift =
          switch (matcher.group(2)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
          };
      return Long.parseLong(matcher.group(1)) << shift;
    }
  }
}
