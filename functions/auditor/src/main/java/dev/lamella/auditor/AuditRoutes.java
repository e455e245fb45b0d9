package dev.lamella.auditor;

import static dev.lamella.core.Quoted.quoted;
import static dev.lamella.core.access.Action.ADMINISTER;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.read.ReadAudit;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** The audit trail, for who administers the store. */
final class AuditRoutes {
  /** What is looked at where the call does not say since when. */
  private static final Duration USUAL = Duration.ofHours(24);

  private final ReadAudit trail;
  private final InstantSource clock;

  AuditRoutes(ReadAudit trail, InstantSource clock) {
    this.trail = trail;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.of("GET", "/v1/audit/?", new Need.OnStore(ADMINISTER), this::page));
  }

  private Answer page(Call call) {
    AuditQuery query =
        new AuditQuery(
            time(call, "since").orElseGet(() -> clock.instant().minus(USUAL)),
            time(call, "until"),
            given(call, "account").map(AccountName::new),
            given(call, "image").map(RepositoryName::new),
            given(call, "action").map(AuditAction::of),
            given(call, "failed").filter("true"::equals).isPresent());
    int limit = Math.max(1, call.queryLimit("n", AuditTrail.PAGE));
    return Answer.json(200, trail.page(query, given(call, "page"), limit));
  }

  private static Optional<Instant> time(Call call, String name) {
    return given(call, name)
        .map(
            text -> {
              try {
                return Instant.parse(text);
              } catch (DateTimeParseException _) {
                throw new Refusal(
                    ErrorCode.REQUEST_INVALID,
                    "'%s' is a time such as 2026-11-29T08:00:00Z, not %s"
                        .formatted(name, quoted(text)));
              }
            });
  }

  /** A parameter without a value is as one that is not there. */
  private static Optional<String> given(Call call, String name) {
    return call.query(name).filter(text -> !text.isEmpty());
  }
}
