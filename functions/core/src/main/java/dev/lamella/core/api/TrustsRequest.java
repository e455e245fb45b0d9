package dev.lamella.core.api;

import dev.lamella.core.access.TrustRule;
import java.util.List;
import java.util.Optional;

/**
 * Replaces whom an account takes without a secret: {@code PUT /v1/accounts/NAME/trusts}.
 *
 * @param version of the account that is to be changed, where it matters that nobody else changed it
 *     since
 */
public record TrustsRequest(List<TrustRule> trusts, Optional<String> version) {
  public TrustsRequest {
    trusts = List.copyOf(trusts);
  }
}
