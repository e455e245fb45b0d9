package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class AuditTrailContract {
  static final Instant TIME = Instant.parse("2026-11-29T08:00:00.123Z");

  final AuditTrail trail = trail();

  /** Of a log without a line. */
  abstract AuditTrail trail();

  /** Has the log take it, at the event's time. */
  abstract void write(AuditEvent event) throws Exception;

  static AuditEvent event(Instant time, String action, String account, String image, int status) {
    return new AuditEvent(
        time,
        action,
        account,
        Optional.of("secret"),
        Optional.of(image),
        Optional.of("v1"),
        Optional.empty(),
        Optional.of("\"é\\ } && $.x"),
        status,
        Optional.of(7L),
        "192.0.2.7",
        "docker/29",
        "request");
  }

  private static AuditQuery all() {
    return new AuditQuery(
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private List<AuditEvent> read(AuditQuery query) {
    List<AuditEvent> events = new ArrayList<>();
    Optional<String> page = Optional.empty();
    do {
      Page<AuditEvent> got = trail.read(query, page);
      assertThat(got.items()).hasSizeLessThanOrEqualTo(AuditTrail.PAGE);
      events.addAll(got.items());
      page = got.next();
    } while (page.isPresent());
    return events;
  }

  @Test
  void read_ofAnEmptyLog_isEmpty() {
    assertThat(read(all())).isEmpty();
  }

  @Test
  void read_whatWasWritten_isTheSame() throws Exception {
    AuditEvent event = event(TIME, "push", "ci", "team/app", 201);
    write(event);
    assertThat(read(all())).containsExactly(event);
  }

  /** The longest names, and the longest texts there are. */
  @Test
  void read_ofTheLongest_isTheSame() throws Exception {
    AuditEvent event =
        new AuditEvent(
            TIME,
            "push",
            "a".repeat(64),
            Optional.of("€".repeat(999)),
            Optional.of("a".repeat(255)),
            Optional.of("€".repeat(999)),
            Optional.of("€".repeat(999)),
            Optional.of("€".repeat(9_999)),
            201,
            Optional.of(Long.MAX_VALUE),
            "€".repeat(999),
            "€".repeat(999),
            "€".repeat(999));
    write(event);
    AuditQuery query =
        new AuditQuery(
            TIME,
            Optional.empty(),
            Optional.of(new AccountName("a".repeat(64))),
            Optional.of(new RepositoryName("a".repeat(255))),
            Optional.of(AuditAction.PUSH),
            false);
    assertThat(read(query)).containsExactly(event);
  }

  @Test
  void read_byEachField_findsWhatHasIt() throws Exception {
    AuditEvent push = event(TIME, "push", "ci", "team/app", 201);
    AuditEvent pull = event(TIME.plusMillis(1), "pull", "ci", "team/app2", 200);
    AuditEvent denied = event(TIME.plusMillis(2), "sign-in", "ci-2", "team/app", 401);
    AuditEvent fault = event(TIME.plusMillis(3), "push", "anybody", "team", 500);
    for (AuditEvent event : List.of(push, pull, denied, fault)) {
      write(event);
    }
    assertThat(read(all())).containsExactly(push, pull, denied, fault);
    assertThat(read(by(Optional.of("ci"), Optional.empty(), Optional.empty(), false)))
        .containsExactly(push, pull);
    assertThat(read(by(Optional.of("anybody"), Optional.empty(), Optional.empty(), true)))
        .containsExactly(fault);
    assertThat(read(by(Optional.empty(), Optional.of("team/app"), Optional.empty(), false)))
        .containsExactly(push, denied);
    assertThat(
            read(by(Optional.empty(), Optional.empty(), Optional.of(AuditAction.SIGN_IN), false)))
        .containsExactly(denied);
    assertThat(read(by(Optional.empty(), Optional.empty(), Optional.empty(), true)))
        .containsExactly(denied, fault);
    assertThat(
            read(
                by(
                    Optional.of("ci"),
                    Optional.of("team/app"),
                    Optional.of(AuditAction.PUSH),
                    true)))
        .isEmpty();
  }

  private static AuditQuery by(
      Optional<String> account,
      Optional<String> image,
      Optional<AuditAction> action,
      boolean failed) {
    return new AuditQuery(
        Instant.EPOCH,
        Optional.empty(),
        account.map(AccountName::new),
        image.map(RepositoryName::new),
        action,
        failed);
  }

  @Test
  void read_ofATime_isFromItsFirstMillisecondToBeforeItsEnd() throws Exception {
    for (int i = 0; i < 5; i++) {
      write(event(TIME.plusMillis(i), "push", "ci", "team/app-" + i, 201));
    }
    AuditQuery query =
        new AuditQuery(
            TIME.plusMillis(1),
            Optional.of(TIME.plusMillis(3)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    assertThat(read(query))
        .extracting(event -> event.image().orElseThrow())
        .containsExactly("team/app-1", "team/app-2");
  }

  @Test
  void read_ofManyPages_givesEachOnceInOrder() throws Exception {
    List<AuditEvent> events =
        IntStream.range(0, 3 * AuditTrail.PAGE + 1)
            .mapToObj(i -> event(TIME.plusMillis(i), "pull", "ci", "team/app", 200))
            .toList();
    for (AuditEvent event : events) {
      write(event);
    }
    assertThat(read(all())).isEqualTo(events);
  }

  @Test
  void read_ofNoPage_isRefused() throws Exception {
    write(event(TIME, "push", "ci", "team/app", 201));
    for (String page : List.of("x", "-1", "x:y", ":1", "x:-1", "99999999999", "x".repeat(4_000))) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> trail.read(all(), Optional.of(page)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID));
    }
  }
}
