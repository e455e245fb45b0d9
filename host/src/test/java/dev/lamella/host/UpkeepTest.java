package dev.lamella.host;

import static dev.lamella.host.verify.Reports.damage;
import static dev.lamella.host.verify.Reports.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.host.outcome.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands verify and collect as a user runs them, against a store that answers as told. */
@Timeout(60)
@Isolated("it takes over standard output")
final class UpkeepTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> WARNED = List.of("the budget ended");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final AtomicInteger asked = new AtomicInteger();
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setOut(realOut);
    store.close();
  }

  static Stream<Arguments> reports() {
    return Stream.of(
        Arguments.of(ExitCode.OK, done(true, List.of())),
        Arguments.of(ExitCode.OK, done(true, List.of(), damage(Kind.MISSING, true))),
        Arguments.of(ExitCode.INCOMPLETE, done(true, WARNED)),
        Arguments.of(ExitCode.INCOMPLETE, done(false, WARNED, damage(Kind.MISSING, true))),
        Arguments.of(ExitCode.UNREACHABLE, done(true, WARNED, damage(Kind.UNREAD, false))),
        Arguments.of(ExitCode.DAMAGED, done(false, WARNED, damage(Kind.MISSING, false))),
        Arguments.of(ExitCode.DAMAGED, done(false, List.of(), damage(Kind.KNOWN_DAMAGE, false))),
        Arguments.of(
            ExitCode.DAMAGED,
            done(true, WARNED, damage(Kind.UNREAD, false), damage(Kind.WRONG_BYTES, false))));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void verify_endsAsItsReportSays(ExitCode code, VerificationReport report) {
    answer("/v1/verifications", report);
    assertThat(run("verify")).isEqualTo(code.value());
    assertThat(text()).startsWith(report.deep() ? "Deep" : "Light");
  }

  @Test
  void verify_ofAnImageThatIsNone_pointsToACommand() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream realErr = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      store.troubles.add(
          exchange -> {
            String message = "no image matches nope: GET /v1/images lists them";
            FakeStore.answer(exchange, 404, ErrorAnswer.of("NAME_UNKNOWN", message, Map.of()));
            return true;
          });
      assertThat(run("verify", "nope")).isEqualTo(ExitCode.REFUSED.value());
    } finally {
      System.setErr(realErr);
    }
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("lamella: no image matches 'nope': lamella images lists them\n");
  }

  @Test
  void collect_whatWasRemoved_isCountedAndNamedWithItsSize() {
    CollectionRun run = CollectionRun.begun(false, true, NOW);
    List<Find> layers =
        IntStream.range(0, 103).mapToObj(i -> Find.of("layer " + i, 1_000)).toList();
    run = run.after(List.of(Find.of("manifest", 0)), Optional.empty(), NOW);
    run = run.after(layers, Optional.empty(), NOW);
    answer("/v1/collections", end(run));
    assertThat(run("collect")).isEqualTo(ExitCode.OK.value());
    assertThat(text().lines())
        .startsWith(
            "REMOVED    COUNT  BYTES",
            "manifests  1      0 B",
            "layers     103    103 kB",
            "uploads    0      0 B",
            "assembled  0      0 B",
            "objects    0      0 B",
            "records    0      0 B",
            "leftovers  0      0 B",
            "  manifest",
            "  layer 0 (1.0 kB)")
        .endsWith("  layer 99 (1.0 kB)", "  … and 3 more");
  }

  /** The schedule's, most of which do not look at everything. */
  @Test
  void collect_whileOneRunsThatDoesNotLookAtEverything_isFollowedByOneThatDoes() {
    answer("/v1/collections", end(CollectionRun.begun(false, true, NOW)));
    store.troubles.addFirst(
        exchange -> {
          boolean isFirst = asked.getAndIncrement() == 0;
          if (isFirst) {
            FakeStore.answer(exchange, 202, end(CollectionRun.begun(false, false, NOW)));
          }
          return isFirst;
        });
    assertThat(run("collect")).isEqualTo(ExitCode.OK.value());
    assertThat(text()).contains("objects", "records");
  }

  @Test
  void collect_dryRun_saysWhatItWould() {
    CollectionRun run = CollectionRun.begun(true, true, NOW);
    while (run.step() != Step.OBJECTS) {
      run = run.after(List.of(), Optional.empty(), NOW);
    }
    List<Find> objects = List.of(Find.of("s1 layers/one", 1_000), Find.of("s1 layers/two", 2_000));
    run = run.after(objects, Optional.empty(), NOW);
    run = run.after(List.of(Find.of("records of upload 1", 0)), Optional.empty(), NOW);
    answer("/v1/collections", end(run));
    assertThat(run("collect", "--dry-run")).isEqualTo(ExitCode.OK.value());
    assertThat(text().lines())
        .startsWith("WOULD REMOVE  COUNT  BYTES")
        .contains("objects       2      3.0 kB", "records       1      0 B")
        .endsWith("  s1 layers/one (1.0 kB)", "  s1 layers/two (2.0 kB)", "  records of upload 1");
  }

  @Test
  void collect_whatCouldNotBeRemoved_isToldAndIsNotOk() {
    CollectionRun run = CollectionRun.begun(false, true, NOW);
    run = run.after(List.of(Find.kept("it", "it is on server 's9'")), Optional.empty(), NOW);
    answer("/v1/collections", end(run));
    assertThat(run("collect")).isEqualTo(ExitCode.INCOMPLETE.value());
    assertThat(text()).contains("kept: it is on server 's9'");
  }

  @Test
  void collect_whileADryRunRuns_isRefused() {
    answer("/v1/collections", CollectionRun.begun(true, true, NOW));
    assertThat(run("collect")).isEqualTo(ExitCode.REFUSED.value());
    assertThat(text()).isEmpty();
  }

  private static CollectionRun end(CollectionRun begun) {
    CollectionRun run = begun;
    while (run.isRunning()) {
      run = run.after(List.of(), Optional.empty(), NOW);
    }
    return run;
  }

  private void answer(String path, Object body) {
    store.troubles.add(
        exchange -> {
          boolean isAsked = exchange.getRequestURI().getPath().startsWith(path);
          if (isAsked) {
            FakeStore.answer(exchange, 202, body);
          }
          return isAsked;
        });
  }

  private int run(String... arguments) {
    return Lamella.execute(
        Stream.concat(Stream.of(arguments), Stream.of("--to", store.url().toString()))
            .toArray(String[]::new));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
