package dev.lamella.core.api;

import dev.lamella.core.access.TrustRule;
import java.util.List;

/** Replaces whom an account takes without a secret: {@code PUT /v1/accounts/NAME/trusts}. */
public record TrustsRequest(List<TrustRule> trusts) {
  public TrustsRequest {
    trusts = List.copyOf(trusts);
  }
}
