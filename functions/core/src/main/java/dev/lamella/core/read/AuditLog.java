package dev.lamella.core.read;

import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.Page;
import java.util.List;
import java.util.Optional;

/** One log while it is read, for one answer. */
final class AuditLog {
  private final AuditTrail trail;
  private final AuditQuery query;
  private Optional<String> page;
  private int taken;
  private boolean ended;
  private Optional<Page<AuditEvent>> read = Optional.empty();

  AuditLog(AuditTrail trail, AuditQuery query, AuditPlace place) {
    this.trail = trail;
    this.query = query;
    this.page = place.page();
    this.taken = place.taken();
    this.ended = place.ended();
  }

  /** Its next event, where that is known; empty where it has to be read on, or has ended. */
  Optional<AuditEvent> head() {
    List<AuditEvent> events = read.map(Page::items).orElse(List.of());
    return taken < events.size() ? Optional.of(events.get(taken)) : Optional.empty();
  }

  void take() {
    taken++;
  }

  boolean ended() {
    return ended;
  }

  /** Reads one page where there is no head. */
  void readOn() {
    turn();
    if (ended || head().isPresent()) {
      return;
    }
    read = Optional.of(trail.read(query, page));
    turn();
  }

  /** Where all of a page was taken, its place is at the beginning of the next one. */
  private void turn() {
    if (read.isEmpty() || head().isPresent()) {
      return;
    }
    page = read.flatMap(Page::next);
    ended = page.isEmpty();
    taken = 0;
    read = Optional.empty();
  }

  AuditPlace place() {
    turn();
    return new AuditPlace(page, taken, ended);
  }
}
