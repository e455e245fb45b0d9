package dev.lamella.core.api;

import dev.lamella.core.access.Grant;
import java.util.List;

/** Replaces what an account may do: {@code PUT /v1/accounts/NAME/grants}. */
public record GrantsRequest(boolean administrator, List<Grant> grants) {
  public GrantsRequest {
    grants = List.copyOf(grants);
  }
}
