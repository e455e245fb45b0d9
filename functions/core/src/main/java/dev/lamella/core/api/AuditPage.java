package dev.lamella.core.api;

import java.util.List;
import java.util.Optional;

/**
 * Some of the audit trail: {@code GET /v1/audit}.
 *
 * @param events oldest first; there may be none, and still a next page
 * @param next what to ask for the page after this one, with all else as it was; empty where this is
 *     the last
 */
public record AuditPage(List<AuditEvent> events, Optional<String> next) {
  public AuditPage {
    events = List.copyOf(events);
  }
}
