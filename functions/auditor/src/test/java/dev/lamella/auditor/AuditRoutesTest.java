package dev.lamella.auditor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.Access;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.AuditPage;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.memory.MemoryAuditTrail;
import dev.lamella.core.read.ReadAudit;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditRoutesTest {
  private static final Instant NOW = Instant.parse("2026-11-29T08:00:00Z");

  private final MemoryAuditTrail log = new MemoryAuditTrail(250);
  private final Router router = router(Caller.ANYBODY);

  private Router router(Caller caller) {
    return new Router(
        new AuditRoutes(new ReadAudit(List.of(log), () -> NOW), () -> NOW).routes(), _ -> caller);
  }

  private void add(Duration ago, String action, String account, int status) {
    log.add(
        new AuditEvent(
            NOW.minus(ago),
            action,
            account,
            Optional.empty(),
            Optional.of("team/app"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            status,
            Optional.empty(),
            "192.0.2.7",
            "docker/29",
            "request"));
  }

  private static Call call(Map<String, String> query) {
    return new Call(
        "GET",
        "/v1/audit",
        List.of(),
        "",
        query.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, field -> List.of(field.getValue()))),
        Map.of(),
        () -> new byte[0],
        Caller.ANYBODY);
  }

  private AuditPage get(Map<String, String> query) {
    Answer answer = router.answer(call(query));
    assertThat(answer.status()).isEqualTo(200);
    return Json.read(answer.body(), AuditPage.class);
  }

  @Test
  void get_withoutAQuery_isOfTheLastDay() {
    add(Duration.ofHours(25), "push", "old", 201);
    add(Duration.ofHours(23), "push", "new", 201);

    assertThat(get(Map.of()).events()).extracting(AuditEvent::account).containsExactly("new");
  }

  @Test
  void get_byEachParameter_isHeldToAll() {
    add(Duration.ofHours(3), "push", "ci", 201);
    add(Duration.ofHours(2), "push", "ci", 403);
    add(Duration.ofHours(2), "pull", "ci", 403);
    add(Duration.ofHours(2), "push", "anna", 403);
    add(Duration.ofHours(1), "push", "ci", 403);

    Map<String, String> query =
        Map.of(
            "since", "2026-11-29T05:30:00Z",
            "until", "2026-11-29T07:00:00Z",
            "account", "ci",
            "image", "team/app",
            "action", "push",
            "failed", "true");
    assertThat(get(query).events())
        .extracting(AuditEvent::time)
        .containsExactly(NOW.minus(Duration.ofHours(2)));
  }

  @Test
  void get_inPages_leadsOn() {
    for (int i = 0; i < 5; i++) {
      add(Duration.ofMinutes(i), "push", "ci-" + i, 201);
    }
    AuditPage first = get(Map.of("n", "2"));
    assertThat(first.events()).hasSize(2);
    AuditPage second = get(Map.of("n", "9999999999", "page", first.next().orElseThrow()));
    assertThat(second.events())
        .extracting(AuditEvent::account)
        .containsExactly("ci-2", "ci-1", "ci-0");
    assertThat(get(Map.of("n", "0")).events()).as("one at least").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "since, yesterday",
    "since, 2026-11-29",
    "since, +1000000000-12-31T23:59:59.999999999Z",
    "until, 1969-12-31T23:59:59Z",
    "until, 2026-11-01T00:00:00Z",
    "account, An Na",
    "account, 'x\" || $.audit.status = 1'",
    "image, 'a\")'",
    "image, '*'",
    "action, steal",
    "n, x",
    "page, x",
  })
  void get_byWhatIsNone_isRefused(String name, String value) {
    assertThat(code(router.answer(call(Map.of(name, value)))))
        .isIn("REQUEST_INVALID", "NAME_INVALID");
  }

  @Test
  void get_byWhoDoesNotAdminister_isDenied() {
    Router ofAnother = router(new Caller("ci", new Access(Map.of(), List.of(), false)));
    assertThat(code(ofAnother.answer(call(Map.of())))).isEqualTo("DENIED");
  }

  private static String code(Answer refused) {
    assertThat(refused.status()).isBetween(400, 499);
    return Json.read(refused.body(), ErrorAnswer.class).errors().getFirst().code();
  }
}
