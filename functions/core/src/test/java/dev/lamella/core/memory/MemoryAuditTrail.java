package dev.lamella.core.memory;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.Page;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A log over a list. As that of AWS it is looked through piece by piece, whatever fits. */
public final class MemoryAuditTrail implements AuditTrail {
  private final List<AuditEvent> events = new ArrayList<>();
  private final int piece;

  /**
   * @param piece events that are looked at for a page
   */
  public MemoryAuditTrail(int piece) {
    this.piece = piece;
  }

  public synchronized void add(AuditEvent event) {
    events.add(event);
    events.sort(Comparator.comparing(AuditEvent::time));
  }

  @Override
  public synchronized Page<AuditEvent> read(AuditQuery query, Optional<String> page) {
    int from = page.map(this::place).orElse(0);
    int to = Math.min(events.size(), from + Math.min(piece, PAGE));
    return new Page<>(
        events.subList(from, to).stream()
            .filter(event -> query.contains(event.time()) && query.fits(event))
            .toList(),
        to < events.size() ? Optional.of(Integer.toString(to)) : Optional.empty());
  }

  private int place(String page) {
    try {
      int place = Integer.parseInt(page);
      if (place >= 0 && place <= events.size()) {
        return place;
      }
    } catch (NumberFormatException _) {
      // Refused below, like one out of range.
    }
    throw new Refusal(ErrorCode.REQUEST_INVALID, "there is no such page of the audit trail");
  }
}
