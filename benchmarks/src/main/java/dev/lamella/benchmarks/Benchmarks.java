package dev.lamella.benchmarks;

import dev.lamella.benchmarks.report.Results;
import dev.lamella.benchmarks.transfer.Transfers;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code ./lamella benchmark}: measures, and says which targets are met. */
@Command(
    name = "lamella benchmark",
    mixinStandardHelpOptions = true,
    header = "Measures Lamella against simpler ways to do the same, as ratios.",
    description = {
      "",
      "REGISTRY needs Go. What cannot be measured is named, and the rest goes on."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:every target is met",
      " 1:a target is missed, or something could not be measured",
      " 2:the command line is wrong"
    })
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
    SIGN_IN,
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
          "Size of the layer, such as 64M or 2G (default: 256M shaped, 1G unshaped, 512M registry,"
              + " 2G verify, 128M sign_in).")
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
  public Integer call() {
    Results results = new Results();
    Transfers transfers = new Transfers(template(), System.err);
    measure(
        What.CHAIN,
        results,
        () -> {
          System.err.println("The chain, about two minutes…");
          Micro.chain(results);
        });
    measure(
        What.PLACEMENT,
        results,
        () -> {
          System.err.println("Slicing and placement, about a minute…");
          results.addReadings(Micro.placement());
        });
    measure(
        What.SHAPED,
        results,
        () -> results.addComparisons(transfers.shaped(sizeOr(256L << 20), rounds)));
    measure(
        What.UNSHAPED,
        results,
        () -> results.addComparisons(transfers.unshaped(sizeOr(1L << 30), rounds)));
    measure(What.REGISTRY, results, () -> transfers.registry(sizeOr(512L << 20), rounds, results));
    measure(
        What.VERIFY,
        results,
        () -> results.addComparisons(transfers.verified(sizeOr(2L << 30), rounds)));
    measure(
        What.SIGN_IN,
        results,
        () -> {
          transfers.signedIn(sizeOr(128L << 20), rounds, results);
          System.err.println("Checks of a token, half a minute…");
          Micro.token(results);
        });
    new PrintStream(System.out, true, StandardCharsets.UTF_8)
        .println(json ? results.json() : "\n" + results.text());
    return results.isMet() ? 0 : MISSED;
  }

  /** One of the things to measure, which may fail. */
  @FunctionalInterface
  interface Measurement {
    void run() throws Exception;
  }

  /** Measures it if it is wanted. If it fails, the results say so, and keep what is in them. */
  void measure(What part, Results results, Measurement measurement) {
    if (!what.includes(part)) {
      return;
    }
    try {
      measurement.run();
    } catch (Exception e) {
      String reason = String.valueOf(e.getMessage());
      System.err.printf("%s was not measured: %s%n", part, reason);
      results.addFailure(part.name(), reason);
    }
  }

  private long sizeOr(long usual) {
    return size == 0 ? usual : size;
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
