package dev.lamella.core.read;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.AuditTrail;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How far a log was read.
 *
 * @param page that is read, as its log names it; empty for the first
 * @param taken of that page
 * @param ended whether the log has no more
 */
record AuditPlace(Optional<String> page, int taken, boolean ended) {
  private static final AuditPlace START = new AuditPlace(Optional.empty(), 0, false);

  /** Characters of a text: API Gateway takes 10,240 bytes of URL and headers. */
  private static final int LONGEST = 6_000;

  private record Places(List<AuditPlace> logs) {}

  static List<AuditPlace> start(int logs) {
    return Collections.nCopies(logs, START);
  }

  static String text(List<AuditPlace> places) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(new Places(places)));
  }

  /**
   * @throws Refusal {@code REQUEST_INVALID} for what {@link #text} has not made
   */
  static List<AuditPlace> of(String text, int logs) {
    try {
      if (text.length() <= LONGEST) {
        List<AuditPlace> places =
            Json.read(Base64.getUrlDecoder().decode(text), Places.class).logs();
        if (places.size() == logs && places.stream().allMatch(AuditPlace::isPossible)) {
          return places;
        }
      }
    } catch (IllegalArgumentException | Refusal _) {
      // Refused below, like one of other logs.
    }
    throw new Refusal(
        ErrorCode.REQUEST_INVALID, "there is no such page of the audit trail: begin anew");
  }

  private boolean isPossible() {
    return taken >= 0 && taken <= AuditTrail.PAGE;
  }
}
