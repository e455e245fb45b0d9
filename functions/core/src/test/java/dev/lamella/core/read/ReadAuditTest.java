package dev.lamella.core.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.AuditPage;
import dev.lamella.core.memory.MemoryAuditTrail;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.Page;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadAuditTest {
  private static final Instant START = Instant.parse("2026-11-29T00:00:00Z");
  private static final AuditQuery ALL = of(Optional.empty());
  private static final int MANY = 10_000;

  private final List<MemoryAuditTrail> logs =
      List.of(
          new MemoryAuditTrail(7),
          new MemoryAuditTrail(100),
          new MemoryAuditTrail(1_000),
          new MemoryAuditTrail(3));
  private final ReadAudit trail = new ReadAudit(List.copyOf(logs), InstantSource.system());

  private static AuditQuery of(Optional<AccountName> account) {
    return new AuditQuery(
        START, Optional.empty(), account, Optional.empty(), Optional.empty(), false);
  }

  private static AuditEvent event(int second, String account) {
    return new AuditEvent(
        START.plusSeconds(second),
        "pull",
        account,
        Optional.empty(),
        Optional.of("team/app"),
        Optional.of("v" + second),
        Optional.empty(),
        Optional.empty(),
        200,
        Optional.empty(),
        "192.0.2.7",
        "docker/29",
        "request-" + second);
  }

  private List<AuditEvent> all(ReadAudit from, AuditQuery query, int limit) {
    List<AuditEvent> events = new ArrayList<>();
    Set<String> pages = new HashSet<>();
    Optional<String> page = Optional.empty();
    do {
      AuditPage got = from.page(query, page, limit);
      assertThat(got.events()).hasSizeLessThanOrEqualTo(limit);
      events.addAll(got.events());
      page = got.next();
      page.ifPresent(name -> assertThat(pages.add(name)).as("another page").isTrue());
    } while (page.isPresent());
    return events;
  }

  @ParameterizedTest
  @CsvSource({"250, 10000", "1, 200", "99, 2000"})
  void page_ofManyEventsInSeveralLogs_givesEachOnceByTime(int limit, int count) {
    List<AuditEvent> events = IntStream.range(0, count).mapToObj(i -> event(i, "ci")).toList();
    events.forEach(event -> logs.get(event.hashCode() & 3).add(event));

    assertThat(all(trail, ALL, limit)).isEqualTo(events);
  }

  @Test
  void page_ofEventsOfTheSameTime_givesEachOnce() {
    IntStream.range(0, 400).forEach(i -> logs.get(i % 4).add(event(0, "ci-" + i)));

    assertThat(all(trail, ALL, 50)).hasSize(400).doesNotHaveDuplicates();
  }

  @Test
  void page_ofOneEventAmongMany_findsIt() {
    IntStream.range(0, MANY).forEach(i -> logs.get(0).add(event(i, "ci")));
    logs.get(0).add(event(MANY, "anna"));

    assertThat(all(trail, of(Optional.of(new AccountName("anna"))), 250))
        .containsExactly(event(MANY, "anna"));
  }

  @Test
  void page_ofNothing_isTheLast() {
    assertThat(trail.page(ALL, Optional.empty(), 250))
        .isEqualTo(new AuditPage(List.of(), Optional.empty()));
  }

  /** A log that never ends, and never has anything, holds no answer back. */
  @Test
  void page_ofALogThatGoesOnForEver_endsAndGoesOn() {
    AtomicInteger reads = new AtomicInteger();
    AuditTrail endless =
        (_, _) -> new Page<>(List.of(), Optional.of("page-" + reads.incrementAndGet()));
    ReadAudit slow = new ReadAudit(List.of(endless, logs.get(0)), () -> START);
    logs.get(0).add(event(0, "ci"));

    AuditPage first = slow.page(ALL, Optional.empty(), 250);
    assertThat(first.events()).as("it may have an older one yet").isEmpty();
    int before = reads.get();
    assertThat(slow.page(ALL, first.next(), 250).next()).isNotEqualTo(first.next());
    assertThat(reads.get()).isLessThanOrEqualTo(2 * before).isGreaterThan(before);
  }

  /** However slow the logs, each page leads on. */
  @Test
  void page_whereTheTimeIsOverAtOnce_stillLeadsToTheEnd() {
    AtomicInteger calls = new AtomicInteger();
    ReadAudit hasty =
        new ReadAudit(List.copyOf(logs), () -> START.plusSeconds(1_000L * calls.incrementAndGet()));
    List<AuditEvent> events = IntStream.range(0, 300).mapToObj(i -> event(i, "ci")).toList();
    events.forEach(event -> logs.get(event.hashCode() & 3).add(event));

    assertThat(all(hasty, ALL, 250)).isEqualTo(events);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "%",
        "{\"logs\":[]}",
        "{\"logs\":[{\"page\":null,\"taken\":0,\"ended\":false}]}",
        "{\"logs\":[{\"taken\":-1,\"ended\":false},{\"taken\":0,\"ended\":false},"
            + "{\"taken\":0,\"ended\":false},{\"taken\":0,\"ended\":false}]}",
        "{\"logs\":[{\"taken\":251,\"ended\":false},{\"taken\":0,\"ended\":false},"
            + "{\"taken\":0,\"ended\":false},{\"taken\":0,\"ended\":false}]}",
        "{\"logs\":[{\"page\":\"../x\",\"taken\":1,\"ended\":false},{\"taken\":0,\"ended\":false},"
            + "{\"taken\":0,\"ended\":false},{\"taken\":0,\"ended\":false}]}",
        "[1]",
        "null",
      })
  void page_ofAnotherName_isRefused(String name) {
    for (String page :
        List.of(
            name, Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)))) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> trail.page(ALL, Optional.of(page), 250))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID));
    }
  }

  @Test
  void query_ofAnOddTime_isRefused() {
    for (Instant time : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH.minusSeconds(1))) {
      assertThatExceptionOfType(Refusal.class).isThrownBy(() -> query(time, Optional.empty()));
      assertThatExceptionOfType(Refusal.class).isThrownBy(() -> query(START, Optional.of(time)));
    }
  }

  private static AuditQuery query(Instant from, Optional<Instant> to) {
    return new AuditQuery(from, to, Optional.empty(), Optional.empty(), Optional.empty(), false);
  }
}
