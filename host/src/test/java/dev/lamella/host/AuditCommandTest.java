package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.AuditPage;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.HostFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lamella audit}, over pages that a test makes. */
@Timeout(60)
@Isolated("it takes over standard output")
final class AuditCommandTest {
  private static final Instant TIME = Instant.parse("2026-11-29T08:00:00.123Z");
  private static final String EVIL =
      "a\u001b]0;b\u0007\u009b31mc\u202ed\u2028e\rf\ng\u200bh\u007fi";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<AuditPage> pages = new ArrayList<>();
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    store.troubles.add(this::answers);
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setOut(realOut);
    store.close();
  }

  private boolean answers(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/v1/audit")) {
      return false;
    }
    asked.add(exchange.getRequestURI().getQuery());
    FakeStore.answer(exchange, 200, pages.get(Math.min(asked.size(), pages.size()) - 1));
    return true;
  }

  private int run(String... options) {
    return Lamella.execute(
        Stream.of(List.of("audit", "--store", store.url().toString()), List.of(options))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static AuditEvent event(String action, String account, int status, String text) {
    return new AuditEvent(
        TIME,
        action,
        account,
        Optional.of("secret"),
        Optional.of("team/app"),
        Optional.of("v1"),
        Optional.of("sha256:abc"),
        Optional.of(text),
        status,
        Optional.empty(),
        "192.0.2.7",
        "docker/29",
        "request");
  }

  @Test
  void audit_ofSeveralPages_isATableOfAll() {
    pages.add(new AuditPage(List.of(event("push", "ci", 201, "x")), Optional.of("p+1")));
    pages.add(new AuditPage(List.of(), Optional.of("p2")));
    pages.add(new AuditPage(List.of(event("delete", "anna", 403, "y")), Optional.empty()));

    assertThat(run()).isZero();

    assertThat(lines()).hasSize(3);
    assertThat(lines().getFirst()).matches("TIME +STATUS +ACTION +ACCOUNT +FROM +WHAT");
    assertThat(lines().get(1))
        .matches(
            "2026-11-29T08:00:00Z +201 +push +ci +192.0.2.7 +team/app:v1 sha256:abc by secret"
                + " \\(x\\)");
    assertThat(lines().getLast()).matches("2026-11-29T08:00:00Z +403 +delete +anna +.*");
    assertThat(asked.getFirst()).doesNotContain("page=");
    assertThat(asked.get(1)).endsWith("&page=p+1");
    assertThat(asked.get(2)).isEqualTo(asked.get(1).replace("p+1", "p2"));
  }

  @Test
  void audit_withFilters_asksForThem() {
    pages.add(new AuditPage(List.of(), Optional.empty()));

    assertThat(
            run(
                "--since=2026-11-28",
                "--until=2026-11-29T08:00:00Z",
                "--account=ci",
                "--image=team/app",
                "--action=push",
                "--failed"))
        .isZero();

    assertThat(asked)
        .containsExactly(
            "since=2026-11-28T00:00:00Z&until=2026-11-29T08:00:00Z&account=ci&image=team/app"
                + "&action=push&failed=true");
  }

  @Test
  void audit_asJson_isALineForEachEvent() {
    AuditEvent event = event("push", "ci", 201, "é");
    pages.add(new AuditPage(List.of(event, event), Optional.empty()));

    assertThat(run("--json")).isZero();

    assertThat(lines())
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(Json.read(line.getBytes(StandardCharsets.UTF_8), AuditEvent.class))
                    .isEqualTo(event));
  }

  /** What a store of somebody else's says, is no command to the terminal, and no line. */
  @ParameterizedTest
  @ValueSource(strings = {"--store", "--json"})
  void audit_ofAHostileStore_isPlain(String option) throws IOException {
    String page =
        ("{\"events\":[{\"time\":\"2026-11-29T08:00:00Z\",\"action\":E,\"account\":E,\"proof\":E,"
             + "\"image\":E,\"reference\":E,\"digest\":E,\"detail\":E,\"status\":200,\"bytes\":1,"
             + "\"source\":E,\"agent\":E,\"request\":E}]}")
            .replace("E", new String(Json.write(EVIL), StandardCharsets.UTF_8));
    store.troubles.add(
        0,
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals("/v1/audit")) {
            return false;
          }
          FakeStore.send(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
          return true;
        });

    assertThat(option.equals("--json") ? run("--json") : run()).isZero();

    assertThat(lines()).hasSize(option.equals("--json") ? 1 : 2);
    assertThat(String.join("", lines()).codePoints())
        .noneMatch(
            point -> Character.isISOControl(point) || Character.getType(point) == Character.FORMAT);
  }

  @Test
  void audit_thatNeverEnds_isGivenUp() {
    pages.add(new AuditPage(List.of(), Optional.of("again")));

    assertThat(run("--json")).isEqualTo(5);
    assertThat(asked).hasSizeLessThanOrEqualTo(AuditCommand.MOST_EMPTY);
  }

  @ParameterizedTest
  @CsvSource({
    "90m, 2026-11-29T06:30:00.123Z",
    "24h, 2026-11-28T08:00:00.123Z",
    "7d, 2026-11-22T08:00:00.123Z",
    "0m, 2026-11-29T08:00:00.123Z",
    "2026-11-01, 2026-11-01T00:00:00Z",
    "2026-11-01T01:02:03Z, 2026-11-01T01:02:03Z",
  })
  void since_asPeopleSayIt_isATime(String text, Instant time) {
    assertThat(AuditSince.parse("--since", text, TIME)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "24", "24H", "-1h", "1.5h", "9999999d", "2026-13-01", "T"})
  void since_ofNoTime_isRefused(String text) {
    assertThatExceptionOfType(HostFailure.class)
        .isThrownBy(() -> AuditSince.parse("--since", text, TIME))
        .withMessageContaining("--since is such as");
  }
}
