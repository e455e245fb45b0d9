package dev.lamella.core.port;

import dev.lamella.core.api.AuditEvent;
import java.util.Optional;

/** What one function has written to its log for the audit trail. */
public interface AuditTrail {
  /** Events of a page, at most; and they have a megabyte at most. */
  int PAGE = 250;

  /**
   * The events that fit, by the time at which the log took them, oldest first. A page may be empty
   * and still have a next one: a log is looked through piece by piece. What is written while one
   * reads may be missing, or shift what comes after it; lines come some seconds late.
   *
   * @param page what the page before named as its next; empty for the first. Good for the same
   *     query alone, and not for ever
   * @throws dev.lamella.core.Refusal {@code REQUEST_INVALID} where there is no such page (any more)
   * @throws dev.lamella.core.Unavailable where the log is not there, or does not answer
   */
  Page<AuditEvent> read(AuditQuery query, Optional<String> page);
}
