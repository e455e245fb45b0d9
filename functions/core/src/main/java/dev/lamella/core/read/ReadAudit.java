package dev.lamella.core.read;

import dev.lamella.core.Parallel;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.AuditPage;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads the audit trail: the logs of several functions as one, by time. It keeps nothing between
 * two pages; how far each log was read is in the page's name.
 */
public final class ReadAudit {
  /** After which an answer has what was found: the API waits for 29 s. */
  private static final Duration LONGEST = Duration.ofSeconds(8);

  /** Pages of each log for an answer, at most. */
  private static final int MOST_READS = 100;

  private final List<AuditTrail> trails;
  private final InstantSource clock;

  /**
   * @param trails at least one; their order is part of a page's name
   */
  public ReadAudit(List<AuditTrail> trails, InstantSource clock) {
    this.trails = List.copyOf(trails);
    this.clock = clock;
  }

  /**
   * @param page that the answer before named as its next; empty for the first
   * @param limit events at most, from 1 to {@link AuditTrail#PAGE}
   * @throws dev.lamella.core.Refusal {@code REQUEST_INVALID} where there is no such page (any more)
   * @throws dev.lamella.core.Unavailable where a log is not there, or does not answer
   */
  public AuditPage page(AuditQuery query, Optional<String> page, int limit) {
    List<AuditLog> logs = logs(query, page);
    List<AuditEvent> events = new ArrayList<>();
    Instant end = clock.instant().plus(LONGEST);
    // Each log that has no head is read on at least once, so that the next page is another one.
    int reads = 0;
    do {
      reads++;
      var _ =
          Parallel.map(
              logs.stream().filter(log -> log.head().isEmpty()).toList(),
              logs.size(),
              ReadAudit::on);
      while (events.size() < limit && logs.stream().allMatch(ReadAudit::isKnown)) {
        Optional<AuditLog> first = first(logs);
        if (first.isEmpty()) {
          return new AuditPage(events, Optional.empty());
        }
        events.add(first.get().head().orElseThrow());
        first.get().take();
      }
    } while (events.size() < limit && reads < MOST_READS && clock.instant().isBefore(end));
    return new AuditPage(
        events, Optional.of(AuditPlace.text(logs.stream().map(AuditLog::place).toList())));
  }

  private List<AuditLog> logs(AuditQuery query, Optional<String> page) {
    int count = trails.size();
    List<AuditPlace> places =
        page.map(text -> AuditPlace.of(text, count)).orElseGet(() -> AuditPlace.start(count));
    return IntStream.range(0, count)
        .mapToObj(i -> new AuditLog(trails.get(i), query, places.get(i)))
        .toList();
  }

  private static AuditLog on(AuditLog log) {
    log.readOn();
    return log;
  }

  /** Whether it is known which event of it comes next, or that there is none. */
  private static boolean isKnown(AuditLog log) {
    return log.ended() || log.head().isPresent();
  }

  private static Optional<AuditLog> first(List<AuditLog> logs) {
    return logs.stream()
        .filter(log -> log.head().isPresent())
        .min(Comparator.comparing(log -> log.head().orElseThrow().time()));
  }
}
