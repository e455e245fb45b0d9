package dev.lamella.core.api;

import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/verifications?last=}: the reports, those that started last first, without their
 * findings.
 *
 * @param next where the list goes on: ask again with {@code last=next}; absent at the end
 */
public record VerificationList(List<VerificationReport> verifications, Optional<String> next) {
  public VerificationList {
    verifications = List.copyOf(verifications);
  }
}
