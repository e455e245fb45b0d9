package dev.lamella.host;

import dev.lamella.core.api.AuditEvent;
import dev.lamella.host.outcome.Plain;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Events of the audit trail as lines for people: the columns are as wide as most need them, since
 * lines are printed before the last one is known.
 */
final class AuditText {
  private static final String FORMAT = "%-20s  %-6s  %-8s  %-20s  %-15s  %s";

  private AuditText() {}

  static String heading() {
    return FORMAT.formatted("TIME", "STATUS", "ACTION", "ACCOUNT", "FROM", "WHAT");
  }

  static String line(AuditEvent event) {
    return FORMAT
        .formatted(
            event.time().truncatedTo(ChronoUnit.SECONDS),
            event.status(),
            Plain.line(event.action()),
            Plain.line(event.account()),
            Plain.line(event.source()),
            Plain.line(what(event)))
        .stripTrailing();
  }

  private static String what(AuditEvent event) {
    List<String> parts = new ArrayList<>();
    Optional<String> named = named(event);
    named.ifPresent(parts::add);
    event.digest().filter(digest -> !named.orElse("").contains(digest)).ifPresent(parts::add);
    event.proof().map(proof -> "by " + proof).ifPresent(parts::add);
    event.detail().map(detail -> "(" + detail + ")").ifPresent(parts::add);
    return String.join(" ", parts);
  }

  private static Optional<String> named(AuditEvent event) {
    if (event.image().isEmpty()) {
      return event.reference();
    }
    return event
        .image()
        .map(
            image ->
                image
                    + event
                        .reference()
                        .map(reference -> (reference.contains(":") ? "@" : ":") + reference)
                        .orElse(""));
  }
}
